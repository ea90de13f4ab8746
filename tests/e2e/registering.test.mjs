// A page that was just hosted: it has no client ID, shows three ways to one, and says what to store.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Visitor, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

/** What the host serves as config.json. */
const hosting = async (visitor, text) => {
  await visitor.context.unroute('**/config.json');
  await visitor.context.route('**/config.json', (route) => route.fulfill({ contentType: 'application/json', body: text }));
};

/** Presses what copies, and returns what was copied: the browser tells it a moment later. */
const copiedBy = async (visitor, press) => {
  visitor.copied = null;
  await press();
  for (let frames = 0; visitor.copied === null && frames < 300; frames += 1) await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
  assert.notEqual(visitor.copied, null, 'something was copied');
  return visitor.copied;
};

test('a page without a client ID leads to a registration, checks the ID, and signs in with the file that it gave', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await hosting(visitor, JSON.stringify({ cloud: 'emulator', clientId: '', redirectOrigin: '', loginOrigin: emulator.login, graphOrigin: emulator.graph }));
  await page.goto(emulator.app);
  await page.getByRole('heading', { name: 'Register this page' }).waitFor();
  assert.equal(await visitor.button('Sign in').count(), 0, 'there is nothing to sign in to yet');
  await page.getByText(`${emulator.app}/auth`, { exact: true }).waitFor();
  await page.getByText('User-PasswordProfile.ReadWrite.All', { exact: true }).waitFor();
  await visitor.checkScreen('register-portal');
  await copiedBy(visitor, () => page.getByRole('button', { name: `Copy ${emulator.app}/consent` }).click());
  assert.equal(visitor.copied, `${emulator.app}/consent`);

  await page.getByRole('radio', { name: 'Microsoft Graph PowerShell' }).check();
  await copiedBy(visitor, () => visitor.button('Copy PowerShell').click());
  assert.ok(visitor.copied.includes(`"${emulator.app}/consent"`) && visitor.copied.includes('AppSessions.Manage'), visitor.copied);
  await page.getByRole('radio', { name: 'Azure CLI' }).check();
  await copiedBy(visitor, () => visitor.button('Copy Azure CLI').click());
  assert.ok(visitor.copied.includes(`"${emulator.app}/auth"`) && visitor.copied.includes('56760768-b641-451f-8906-e1b8ab31bca7'), visitor.copied);
  await page.getByText('Optional: consent for everybody in your tenant').click();
  await visitor.checkScreen('register-azure-cli');
  const azureCli = visitor.copied;
  await copiedBy(visitor, () => visitor.button('Copy consent commands').click());
  assert.ok(visitor.copied.includes('AllPrincipals') && visitor.copied.includes(' User-PasswordProfile.ReadWrite.All '), visitor.copied);

  // The keyboard alone goes from one way to the next, and reaches what it shows.
  await page.getByRole('radio', { name: 'Azure CLI' }).press('ArrowDown');
  assert.ok(await page.getByRole('radio', { name: 'Microsoft Graph PowerShell' }).isChecked());
  for (const name of ['PowerShell', 'Copy PowerShell']) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
    assert.equal(focused, name);
  }
  await copiedBy(visitor, () => page.keyboard.press('Enter'));
  assert.ok(visitor.copied.startsWith('& {'), visitor.copied);

  // Bad input is told at the field, before anything is asked.
  const field = page.getByRole('textbox', { name: 'Application (client) ID' });
  await field.fill('my app');
  await visitor.button('Check the client ID').click();
  await page.getByText('A client ID is a GUID').waitFor();
  // The keyboard is led back to the field.
  await page.waitForFunction(() => document.activeElement?.id === 'client-id');
  assert.equal((await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/token')).length, 0);
  await emulator.control('POST', '/quirks', { 'client-errors': 'readable' });
  await field.fill('11111111-3b7f-4f6e-8d21-90ab12cd34ef');
  await visitor.button('Check the client ID').click();
  await page.getByText('Entra does not know an app with this client ID.').waitFor();
  await emulator.control('POST', '/quirks', { 'client-errors': 'hidden' });

  // What the texts make, made here by hand.
  const scopes = JSON.parse(azureCli.match(/--body '(.*)'\)/)[1]);
  const { id } = await tenantNamed(emulator, 'partner.example');
  const appId = 'c0ffee00-3b7f-4f6e-8d21-90ab12cd34ef';
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects: [{ type: 'application', appId, ...scopes }, { type: 'servicePrincipal', appId, displayName: 'Latchkey', appOwnerOrganizationId: id }] });
  await field.fill(` ${appId} `);
  await visitor.button('Check the client ID').click();
  await page.getByText('Entra answers for this client ID. Store the file below next to the page, then reload.').waitFor();
  await visitor.checkScreen('register-checked');
  await copiedBy(visitor, () => visitor.button('Copy config.json').click());
  await hosting(visitor, visitor.copied);
  await page.reload();
  await visitor.button('Sign in').click();
  await visitor.passMicrosoft('admin@partner.example');
  await visitor.button('Accept').click();
  await page.getByRole('article').first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});
