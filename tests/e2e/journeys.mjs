// The main jobs, each as one function, so that they can be done under different circumstances.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tenantNamed } from './support.mjs';

/** @type {(name: string) => Promise<void>} */
const nothing = async () => {};

export const application = async (emulator, name = 'Nightly report') => {
  const { applications } = await tenantNamed(emulator, 'partner.example');
  return applications.find((app) => app.displayName === name);
};

/** An App session with a secret, opened on its page; returns the value of the secret. */
export const makeAppSession = async (visitor, wizard = {}) => {
  await visitor.fillWizard(wizard);
  await visitor.button('Create').click();
  const secret = await visitor.takeSecret();
  await visitor.button('Use now').click();
  await visitor.page.getByText('Everything that was asked for is in place.').waitFor();
  return secret;
};

/** Carries out the plan that is shown, under the name of the tenant. */
export const carryOut = async (visitor, tenant = 'Harbour Lane Partners') => {
  await visitor.page.getByRole('region', { name: 'Plan' }).getByText(tenant).waitFor();
  await visitor.button('Carry out').click();
};

/** Rotates the secret of the App session that is open: the new one first, the old one by a click of its own, over a reload. */
export const rotateSecret = async (visitor, { lifetime = '90', look = nothing } = {}) => {
  const { page, emulator } = visitor;
  const [old] = (await application(emulator)).passwordCredentials;
  await visitor.button('Rotate secret').click();
  await page.getByRole('combobox', { name: 'Lifetime' }).selectOption(lifetime);
  await visitor.button('Show the plan').click();
  await look('plan-rotate');
  await carryOut(visitor);
  await visitor.button('Show secret').click({ timeout: 45_000 });
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor();
  await visitor.button('I have saved it').click();
  await visitor.button('Remove the old one').waitFor();
  assert.equal((await application(emulator)).passwordCredentials.length, 2);
  await page.reload();
  await visitor.button('Remove the old one').waitFor();
  await look('run-remove-old');
  await visitor.button('Remove the old one').click();
  await visitor.untilRun('Done');
  const left = (await application(emulator)).passwordCredentials;
  assert.equal(left.length, 1);
  assert.notEqual(left[0].keyId, old.keyId);
};

/** Opens the list of customers, read to its end. */
export const openPartnerAccess = async (visitor) => {
  await visitor.page.goto(`${visitor.emulator.app}/app/partner`);
  await visitor.page.getByText(/^Read (just now|\d)/).waitFor();
};

/** Types into the search of customers until the list shows what fits. */
export const searchCustomers = async ({ page }, query) => {
  await page.getByRole('searchbox', { name: 'Search customers' }).fill(query);
  await page.locator(`[role=grid][data-query="${query}"]`).waitFor();
};

/** Presses Open session of the customer with this number. */
export const openCustomer = async (visitor, number) => {
  const tenant = await tenantNamed(visitor.emulator, `customer${number}.example`);
  await searchCustomers(visitor, tenant.id);
  await visitor.page.getByRole('row', { name: tenant.displayName }).getByRole('button', { name: 'Open session' }).click();
  return tenant;
};

/** Starts the check of every customer that the search finds. */
export const startCheck = async (visitor, query) => {
  await searchCustomers(visitor, query);
  await visitor.button('Select all found').click();
  await visitor.button('Check current status').click();
  await visitor.page.waitForURL('**/app/consents');
};

export const check = ({ page }) => page.getByRole('status', { name: 'Check', exact: true });

/** Waits until so many customers are checked; returns the lines of the exported table. */
export const checked = async (visitor, count) => {
  await check(visitor).getByText(`${count} of ${count} customers checked.`, { exact: true }).waitFor({ timeout: 90_000 });
  const [download] = await Promise.all([visitor.page.waitForEvent('download'), visitor.button('Export CSV').click()]);
  const rows = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n').slice(1);
  assert.equal(rows.length, count);
  return rows;
};

/** Makes the account of a connector, up to the password that is typed; returns it. */
export const makeConnectionAccount = async (visitor, user, look = nothing) => {
  const { page, emulator } = visitor;
  const box = (name) => page.getByRole('textbox', { name, exact: true });
  await page.goto(emulator.app);
  await visitor.button('Create connection account').click();
  await box('Name').fill('Backup connector');
  await box('User name').fill(user);
  await page.getByRole('combobox', { name: 'License' }).selectOption({ index: 1 });
  await visitor.next();
  await page.getByText('A license needs the country').waitFor();
  await box('Usage location (two letters; needed for a license)').fill('de');
  await look('connection-account');
  await visitor.next();
  await visitor.chooseRole('Exchange Administrator');
  await page.getByRole('combobox', { name: 'Application' }).selectOption('other');
  await box('Application (client) ID').fill('not an id');
  await box('Application (client) ID').press('Tab');
  await page.getByText('A client ID is a GUID').waitFor();
  await box('Application (client) ID').fill('5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef');
  await box('Application (client) ID').press('Tab');
  await visitor.choosePermission('Calendars.Read (delegated)');
  await look('connection-access');
  await visitor.next();
  await page.getByRole('table').waitFor();
  await look('connection-review');
  await visitor.button('Create').click();
  await page.getByRole('radio', { name: 'Type one' }).check({ timeout: 30_000 });
  const field = page.getByLabel('New password');
  await field.fill('short');
  await visitor.button('Create the account').click();
  await page.getByText('The password is too short').waitFor();
  await field.fill(`Quay-lantern-${user.length}-x9`);
  await visitor.button('Create the account').click();
  const password = await box('Password').inputValue({ timeout: 30_000 });
  await visitor.button('I have saved it').click();
  return password;
};

/** The sign-in that proves an account, by whomever. */
export const signInAsAccount = async (visitor, upn, password) => {
  const { page } = visitor;
  await visitor.button('Sign in as the account').click({ timeout: 60_000 });
  await page.getByRole('textbox', { name: 'Email' }).fill(upn);
  await visitor.button('Next').click();
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await visitor.button('Sign in').click();
};

export const finishAccount = async (visitor) => {
  await visitor.button('Finish').click({ timeout: 30_000 });
  await visitor.untilRun('Done');
};
