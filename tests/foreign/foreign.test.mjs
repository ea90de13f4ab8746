// Clients that we did not write: what they accept is right.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Visitor, stage, tenantNamed } from '../e2e/support.mjs';

// The certificate of the emulator is made at start; the browser and Node are told to accept it, Python gets the file.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const msalScript = readFileSync('node_modules/@azure/msal-browser/lib/msal-browser.min.js', 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
after(() => rmSync(folder, { recursive: true, force: true }));
// The page of the second test is made up, so to Chromium it is of the internet, which may not reach this computer.
const { emulator, browser } = await stage(['--tls', '--tls-ca', join(folder, 'ca.pem')], ['--disable-features=LocalNetworkAccessChecks']);

test('MSAL for Python gets a token with the secret that the page showed, and reads Graph with it', async () => {
  const visitor = await Visitor.arrive(browser, emulator, { ignoreHTTPSErrors: true });
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  const secret = await visitor.takeSecret();
  const { id, applications } = await tenantNamed(emulator, 'partner.example');
  const { appId } = applications.find((app) => app.displayName === 'Nightly report');
  const run = (value) =>
    spawnSync('python3', ['tests/foreign/job.py', `${emulator.login}/${id}`, appId, emulator.graph, join(folder, 'ca.pem')], {
      input: value,
      encoding: 'utf8',
      // A bundle named by the environment would win over the one that is passed.
      env: { ...process.env, PYTHONPATH: process.env.LATCHKEY_PYTHON, REQUESTS_CA_BUNDLE: join(folder, 'ca.pem') },
    });
  const good = run(secret);
  assert.equal(good.status, 0, good.stderr);
  assert.ok(JSON.parse(good.stdout).includes('admin@partner.example'));
  const wrong = run(`${secret.slice(0, -1)}#`);
  assert.notEqual(wrong.status, 0);
  assert.match(wrong.stderr, /AADSTS7000215/);
  visitor.assertClean();
  await visitor.leave();
});

test('@azure/msal-browser signs in with PKCE by redirect, and renews', async () => {
  const app = 'https://spa.example.test';
  const [clientId] = (
    await emulator.control('POST', '/directory', {
      tenant: 'partner.example',
      objects: [
        {
          type: 'application',
          appId: '0f0e0d0c-0b0a-4908-8706-050403020100',
          displayName: 'A page of somebody else',
          signInAudience: 'AzureADMultipleOrgs',
          spa: { redirectUris: [`${app}/`] },
        },
      ],
    })
  ).ids.map(() => '0f0e0d0c-0b0a-4908-8706-050403020100');
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.route(`${app}/**`, (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><meta charset=utf-8><title>SPA</title><script>${msalScript}</script>` }));
  await page.goto(`${app}/`);
  /** @type {Pick<import('@azure/msal-browser').Configuration, 'auth' | 'system'>} */
  const settings = { auth: { clientId, authority: `${emulator.login}/organizations`, knownAuthorities: [new URL(emulator.login).host], redirectUri: `${app}/` }, system: { protocolMode: 'AAD' } };
  const scopes = [`${emulator.graph}/User.Read`];
  await page.evaluate(async ({ configuration, wanted }) => {
    window.client = new msal.PublicClientApplication(configuration);
    await window.client.initialize();
    await window.client.handleRedirectPromise();
    // The promise never ends: the page leaves.
    window.client.loginRedirect({ scopes: wanted }).catch((error) => {
      document.title = String(error);
    });
  }, { configuration: settings, wanted: scopes });
  await page.getByRole('textbox', { name: 'Email' }).fill('reader@partner.example');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('textbox', { name: 'Password' }).fill('emulator');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.waitForURL(`${app}/**`);
  const result = await page.evaluate(async ({ configuration, wanted, graph }) => {
    const client = new msal.PublicClientApplication(configuration);
    await client.initialize();
    const answer = await client.handleRedirectPromise();
    const [account] = client.getAllAccounts();
    const renewed = await client.acquireTokenSilent({ account, scopes: wanted, forceRefresh: true });
    const me = await fetch(`${graph}/v1.0/me`, { headers: { Authorization: `Bearer ${renewed.accessToken}` } });
    return { first: answer?.account?.username, renewed: renewed.account.username, me: (await me.json()).userPrincipalName };
  }, { configuration: settings, wanted: scopes, graph: emulator.graph });
  assert.deepEqual(result, { first: 'reader@partner.example', renewed: 'reader@partner.example', me: 'reader@partner.example' });
  await context.close();
});
