// The other set-up jobs, as an administrator does them: the calendar-sync service account from a vendor's manifest, and a connection account.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
const MANIFEST = readFileSync('tests/manifests/calendar-sync.txt', 'utf8');
const URI = 'https://lakeside.example.com/settings/calendar-sync/auth-result';

test('calendar sync, from the pasted manifest to the ready account, with the tab closed in the middle', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  let { page } = visitor;
  let clicks = 0;
  let fields = 0;
  const click = async (locator) => {
    await locator.click({ timeout: 45_000 });
    clicks += 1;
  };
  const fill = async (locator, text) => {
    await locator.fill(text);
    fields += 1;
  };
  const box = (name) => page.getByRole('textbox', { name, exact: true });

  await click(visitor.button('Create App session'));
  await click(visitor.button('Calendar-sync service account'));
  await fill(box('Name'), 'Lakeside calendar sync');
  await box('Agency').fill('lakeside.example');
  await page.getByText('Enter the name alone, without https://, dots or slashes.').waitFor();
  await fill(box('Agency'), 'lakeside');
  await page.getByText(URI).waitFor();
  await visitor.checkScreen('calendar-name');
  await page.reload();
  assert.equal(await box('Agency').inputValue(), 'lakeside');
  await click(visitor.button('Next'));
  await fill(box('Manifest, or its part requiredResourceAccess'), MANIFEST);
  await page.getByText('9 permissions of 3 APIs taken from the manifest').waitFor();
  await page.getByText('3 permissions of APIs that end').waitFor({ timeout: 30_000 });
  await visitor.checkScreen('calendar-permissions');
  await click(visitor.button('Next'));
  assert.equal(await page.getByRole('combobox', { name: 'Lifetime' }).inputValue(), '730');
  await click(visitor.button('Next'));
  await fill(box('User name'), 'svc-calendar');
  await visitor.checkScreen('calendar-account');
  await click(visitor.button('Next'));
  await page.getByRole('table').waitFor();
  await visitor.checkScreen('calendar-review');
  await click(visitor.button('Create'));
  await click(visitor.button('Create the account'));
  const password = await box('Password').inputValue();
  await visitor.checkScreen('calendar-password');
  await click(visitor.button('Copy password'));
  await page.getByText(/ copied$/).first().waitFor();
  assert.equal(visitor.copied, password);
  await click(visitor.button('I have saved it'));
  await visitor.button('Show secret').waitFor({ timeout: 45_000 });

  // The tab is closed and another one goes on.
  const address = page.url();
  await page.close({ runBeforeUnload: false });
  page = await visitor.open();
  visitor.page = page;
  await page.goto(emulator.app);
  await visitor.button('Sign in').first().click();
  // Microsoft's session is still there; the person picks the account.
  await page.getByRole('button', { name: 'admin@partner.example' }).click();
  await page.getByRole('article').first().waitFor();
  await page.goto(address);
  await click(visitor.button('Show secret'));
  const secret = await box('Client secret value').inputValue();
  await click(visitor.button('Copy secret'));
  await click(visitor.button('I have saved it'));
  await visitor.step('Wait until the Exchange role works').getByText('Waiting for Microsoft').waitFor();
  await visitor.untilRun('Waiting');
  assert.ok(clicks <= 15, `${clicks} clicks`);
  assert.ok(fields <= 6, `${fields} typed fields`);
  await visitor.checkScreen('calendar-waiting');
  await page.reload();
  await visitor.untilRun('Waiting');
  await visitor.button('It works already').click();
  await visitor.untilRun('Done');

  const tenant = await tenantNamed(emulator, 'partner.example');
  const app = tenant.applications.find((known) => known.displayName === 'Lakeside calendar sync');
  assert.equal(app.signInAudience, 'AzureADMultipleOrgs');
  assert.deepEqual(app.redirectUris, [URI]);
  const asked = app.requiredResourceAccess.flatMap((resource) => resource.resourceAccess.map((access) => `${resource.resourceAppId} ${access.id} ${access.type}`));
  assert.equal(asked.length, 9, 'all nine, those of the retired API too');
  assert.equal(app.passwordCredentials.length, 1);
  const user = tenant.users.find((known) => known.userPrincipalName === 'svc-calendar@partner.example');
  assert.equal(user.passwordPolicies, 'DisablePasswordExpiration');
  const principal = tenant.servicePrincipals.find((known) => known.appId === app.appId).id;
  assert.deepEqual(tenant.exchangeRoleAssignments.map((known) => known.principalId), [`/ServicePrincipals/${principal}`]);
  const granted = tenant.oauth2PermissionGrants.filter((grant) => grant.clientId === principal).flatMap((grant) => grant.scope.split(' '));
  assert.equal(granted.length, 8, 'what can be granted is granted');
  for (const mark of [password, secret]) assert.ok(!(await visitor.remains()).includes(mark));
  await visitor.assertNoMarks();
  await assertNoViolations(emulator, 'calendar');
  visitor.assertClean();
  await visitor.leave();
});

test('a connection account is made, proved by its own sign-in, and takes the place of the old one', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  const box = (name) => page.getByRole('textbox', { name, exact: true });
  const make = async (user) => {
    await page.goto(emulator.app);
    await visitor.button('Create connection account').click();
    await box('Name').fill('Backup connector');
    await box('User name').fill(user);
    await page.getByRole('combobox', { name: 'Licence' }).selectOption({ label: 'O365_BUSINESS_ESSENTIALS (3 free seats)' }).catch(() => page.getByRole('combobox', { name: 'Licence' }).selectOption({ index: 1 }));
    await visitor.next();
    await page.getByText('A licence needs the country').waitFor();
    await box('Usage location (two letters; needed for a licence)').fill('de');
    if (user === 'svc-backup') await visitor.checkScreen('connection-account');
    await visitor.next();
    await visitor.chooseRole('Exchange Administrator');
    await page.getByRole('combobox', { name: 'Application' }).selectOption('other');
    await box('Application (client) ID').fill('not an id');
    await box('Application (client) ID').press('Tab');
    await page.getByText('A client ID is a GUID').waitFor();
    await box('Application (client) ID').fill('5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef');
    await box('Application (client) ID').press('Tab');
    await visitor.choosePermission('Calendars.Read (delegated)');
    if (user === 'svc-backup') await visitor.checkScreen('connection-access');
    await visitor.next();
    await page.getByRole('table').waitFor();
    if (user === 'svc-backup') await visitor.checkScreen('connection-review');
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
  const signInAs = async (upn, password) => {
    await visitor.button('Sign in as the account').click({ timeout: 60_000 });
    const email = page.getByRole('textbox', { name: 'Email' });
    await email.fill(upn);
    await visitor.button('Next').click();
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await visitor.button('Sign in').click();
  };

  const first = await make('svc-backup');
  // Somebody else signs in: nothing is done with that, and the run says so.
  await signInAs('reader@partner.example', 'emulator');
  await page.getByText('Another account signed in.').waitFor({ timeout: 30_000 });
  await visitor.checkScreen('connection-other-account');
  await signInAs('svc-backup@partner.example', first);
  await visitor.button('Finish').click({ timeout: 30_000 });
  await visitor.untilRun('Done');
  await page.goto(emulator.app);
  const card = page.getByRole('article', { name: 'Harbour Lane Partners · Backup connector' });
  await card.getByText('svc-backup@partner.example').waitFor();
  assert.equal(await card.getByRole('status').innerText(), 'Signed in once');

  // The same connector again: until the proof came back the record names the old account.
  const second = await make('svc-backup-2');
  await visitor.button('Sign in as the account').waitFor({ timeout: 60_000 });
  await page.goto(emulator.app);
  await card.getByText('svc-backup@partner.example').waitFor();
  await page.getByRole('link', { name: /Backup connector in/ }).click();
  await signInAs('svc-backup-2@partner.example', second);
  await visitor.button('Finish').click({ timeout: 30_000 });
  await visitor.untilRun('Done');
  await page.goto(emulator.app);
  await card.getByText('svc-backup-2@partner.example').waitFor();
  await card.getByText('Before: svc-backup@partner.example.').waitFor();
  await visitor.checkScreen('connection-recorded');
  const tenant = await tenantNamed(emulator, 'partner.example');
  const user = tenant.users.find((known) => known.userPrincipalName === 'svc-backup-2@partner.example');
  assert.equal(user.assignedLicenses.length, 1);
  assert.ok(tenant.oauth2PermissionGrants.some((grant) => grant.principalId === user.id && grant.consentType === 'Principal'));
  assert.ok(tenant.roleAssignments.some((known) => known.principalId === user.id));
  await visitor.assertNoMarks();
  await assertNoViolations(emulator, 'connection');
  visitor.assertClean();
  await visitor.leave();
});
