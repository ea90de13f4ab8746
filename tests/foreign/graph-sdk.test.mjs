// The Microsoft Graph SDK for Python with azure-identity, as an administrator's script uses them, with the secret that the page showed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stage } from '../e2e/support.mjs';
import { makeAdministrator, run } from './administrator.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const ca = join(folder, 'ca.pem');
const { emulator, browser } = await stage(['--tls', '--tls-ca', ca, '--replication-ms', '0']);

test('the Graph SDK for Python lists, creates, changes and deletes, in batches too', async () => {
  const { visitor, tenant, appId, secret } = await makeAdministrator(emulator, browser);
  const env = { ...process.env, REQUESTS_CA_BUNDLE: ca, SSL_CERT_FILE: ca };
  const { code, output, errors } = await run(`${process.env.LATCHKEY_GRAPH_SDK}/bin/python`, ['tests/foreign/graph_sdk.py', emulator.login, tenant, appId, emulator.graph, ca], { input: `${secret}\n`, env });
  assert.equal(code, 0, errors);
  const { 'msgraph-sdk': sdk, 'azure-identity': identity, ...did } = JSON.parse(output);
  console.log(`msgraph-sdk ${sdk}, azure-identity ${identity}`);
  for (const list of ['users', 'groups', 'organization', 'domains', 'subscribedSkus', 'servicePrincipals', 'applications', 'roleDefinitions', 'roleAssignments', 'grants']) {
    assert.ok(did[list] > 0, `${list}: ${did[list]}`);
  }
  const { authorizationPolicy, defaultAppManagementPolicy, filtered, secret: added, grant, role, batch, deletedUsers, deleted, gone } = did;
  assert.deepEqual(
    { authorizationPolicy, defaultAppManagementPolicy, filtered, added, grant, role, batch, deletedUsers, deleted, gone },
    { authorizationPolicy: true, defaultAppManagementPolicy: true, filtered: 1, added: true, grant: 'User.Read', role: true, batch: [200, 200], deletedUsers: true, deleted: true, gone: true },
  );
  visitor.assertClean();
  await visitor.leave();
});
