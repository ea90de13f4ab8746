// The Microsoft Graph client for JavaScript with MSAL for Node, with the secret that the page showed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client';
import { stage } from '../e2e/support.mjs';
import { makeAdministrator } from './administrator.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const { emulator, browser } = await stage(['--tls', '--replication-ms', '0']);

test('the Graph client for JavaScript pages, batches, creates, changes and deletes', async () => {
  const { visitor, tenant, appId, secret } = await makeAdministrator(emulator, browser);
  const known = new URL(emulator.login).host;
  const entra = new ConfidentialClientApplication({ auth: { clientId: appId, clientSecret: secret, authority: `${emulator.login}/${tenant}`, knownAuthorities: [known] } });
  const { accessToken } = await entra.acquireTokenByClientCredential({ scopes: [`${emulator.graph}/.default`] });
  const client = Client.init({ baseUrl: `${emulator.graph}/`, customHosts: new Set(['localhost']), authProvider: (done) => done(null, accessToken) });

  // Every page is read, in both versions.
  for (const version of ['v1.0', 'beta']) {
    const all = await client.api('/servicePrincipals').version(version).get();
    const seen = [];
    const pages = new PageIterator(client, await client.api('/servicePrincipals').version(version).top(2).get(), (one) => seen.push(one.id) > 0);
    await pages.iterate();
    assert.ok(seen.length > 2 && pages.isComplete());
    assert.deepEqual(seen.toSorted(), all.value.map((one) => one.id).toSorted());
  }

  // One batch, with an id of its own for each answer. The client cuts the origin off, and Node makes no request without one.
  const steps = ['/organization', '/users?$top=1', '/applications/00000000-0000-4000-8000-000000000000'];
  const content = new BatchRequestContent(steps.map((path, at) => ({ id: `${at}`, request: new Request(`${emulator.graph}${path}`) })));
  const answers = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
  assert.deepEqual(steps.map((_, at) => answers.getResponseById(`${at}`).status), [200, 200, 404]);

  // The life of an application.
  const made = await client.api('/applications').post({ displayName: 'Of the client for JavaScript', signInAudience: 'AzureADMyOrg' });
  const app = client.api(`/applications/${made.id}`);
  await app.patch({ notes: 'changed' });
  assert.equal((await client.api(`/applications/${made.id}`).select(['id', 'notes']).get()).notes, 'changed');
  const added = await client.api(`/applications/${made.id}/addPassword`).post({ passwordCredential: { displayName: 'of the client' } });
  assert.ok(added.secretText);
  const { id } = await client.api('/servicePrincipals').post({ appId: made.appId });
  assert.equal((await client.api(`/servicePrincipals(appId='${made.appId}')`).get()).id, id);
  const found = await client.api('/applications').header('ConsistencyLevel', 'eventual').filter("startswith(displayName,'Of the client')").count(true).get();
  assert.equal(found['@odata.count'], 1);
  await client.api(`/applications/${made.id}`).delete();
  assert.ok((await client.api('/directory/deletedItems/microsoft.graph.application').get()).value.some((one) => one.id === made.id));
  await client.api(`/directory/deletedItems/${made.id}`).delete();
  await assert.rejects(client.api(`/applications/${made.id}`).get(), (error) => error instanceof GraphError && error.statusCode === 404 && error.code === 'Request_ResourceNotFound' && error.requestId?.length === 36);
  visitor.assertClean();
  await visitor.leave();
});
