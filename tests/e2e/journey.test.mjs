// The main job, as an administrator does it: from Sign in to Use now, and found again after a reload.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();

test('T03, T27, T38: from Sign in to Use now, and found again', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  let clicks = 0;
  const click = async (locator) => {
    await locator.click({ timeout: 45_000 });
    clicks += 1;
  };

  await page.goto(emulator.app);
  await visitor.checkScreen('welcome');
  await click(visitor.button('Sign in'));
  await visitor.passMicrosoft('admin@partner.example');
  const home = page.getByRole('article', { name: /Harbour Lane Partners.*admin@partner\.example/ });
  await home.waitFor();
  assert.equal(await home.getByRole('status').innerText(), 'Valid');
  assert.ok(!page.url().includes('code='), page.url());
  await visitor.checkScreen('recent-sessions');

  await click(visitor.button('Create App session'));
  await visitor.checkScreen('choose-blueprint');
  await click(visitor.button('App session'));
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  await visitor.checkScreen('wizard-name');
  await click(visitor.button('Next'));
  const search = page.getByRole('searchbox', { name: 'Search permissions' });
  await search.fill('read users');
  await click(page.getByRole('checkbox', { name: 'User.Read.All (application)', exact: true }));
  await visitor.checkScreen('wizard-permissions');
  await click(visitor.button('Next'));
  await visitor.checkScreen('wizard-credential');
  await click(visitor.button('Next'));
  await page.getByRole('searchbox', { name: 'Search roles' }).fill('exchange admin');
  await click(page.getByRole('checkbox', { name: 'Exchange Administrator', exact: true }));
  await visitor.checkScreen('wizard-roles');
  await click(visitor.button('Next'));
  await page.getByRole('table').waitFor();
  await page.getByText('Harbour Lane Partners').nth(1).waitFor();
  await visitor.checkScreen('wizard-review');
  const before = await emulator.control('GET', '/requests');
  const writes = (entries) => entries.filter((entry) => entry.origin === 'graph' && entry.method !== 'GET' && entry.path !== '/v1.0/$batch');
  assert.deepEqual(writes(before), [], 'nothing is written before Create');

  await click(visitor.button('Create'));
  await visitor.untilRun('Needs you');
  await visitor.checkScreen('run-before-secret');
  await click(visitor.button('Show secret'));
  const box = page.getByRole('textbox', { name: 'Client secret value' });
  await box.waitFor();
  const secret = await box.inputValue();
  await visitor.checkScreen('run-secret');
  await click(visitor.button('I have saved it'));
  await visitor.untilRun('Done');
  assert.equal(await box.count(), 0, 'the value is gone');
  await visitor.checkScreen('run-done');
  await click(visitor.button('Use now'));
  await page.getByText('Everything that was asked for is in place.').waitFor();
  await visitor.checkScreen('app-session');
  assert.ok(clicks <= 14, `${clicks} clicks`);
  await click(visitor.button('Use now'));
  await page.getByRole('banner').getByText('App session: Nightly report').waitFor();

  for (const tool of ['Microsoft Graph PowerShell', 'Azure CLI', 'curl', 'MSAL for Python']) {
    const command = page.getByRole('group').filter({ hasText: tool });
    assert.ok(!(await command.innerText()).includes(secret), tool);
  }

  await page.reload();
  await page.goto(emulator.app);
  const first = page.getByRole('article').first();
  await page.getByRole('article', { name: /Nightly report/ }).waitFor();
  assert.match(await first.getAttribute('aria-label'), /Nightly report/, 'it comes first');

  const tenant = await tenantNamed(emulator, 'partner.example');
  const app = tenant.applications.find((entry) => entry.displayName === 'Nightly report');
  assert.equal(app.passwordCredentials.length, 1);
  assert.deepEqual(app.tags, ['latchkey']);
  // What is refused since the application is too new to be known everywhere is asked for again; what is made is made once.
  const all = writes(await assertNoViolations(emulator, 'journey'));
  for (const { path } of all.filter((entry) => entry.status >= 400)) assert.match(path, /^\/v1\.0\/(servicePrincipals|roleManagement)/, 'only what hangs on something new is refused');
  const written = all.filter((entry) => entry.status < 400).map((entry) => `${entry.method} ${entry.path.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*')}`);
  assert.deepEqual(written, [
    "PATCH /v1.0/applications(uniqueName='latchkey-*')",
    "PATCH /v1.0/servicePrincipals(appId='*')",
    'POST /v1.0/servicePrincipals/*/appRoleAssignedTo',
    'POST /v1.0/roleManagement/directory/roleAssignments',
    'POST /v1.0/applications/*/addPassword',
  ]);
  await visitor.assertNoMarks();
  visitor.assertClean();
  await visitor.leave();
});

test('F55: an empty browser finds what carries our tag', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  assert.equal(await visitor.page.getByRole('article').count(), 1);
  await visitor.button('Find App sessions in this tenant').click();
  const found = visitor.page.getByRole('article', { name: /Nightly report/ });
  await found.waitFor();
  assert.equal(await found.getByRole('status').innerText(), 'Not checked', 'nothing is claimed before it is read');
  await found.getByRole('button', { name: 'Switch' }).click();
  await visitor.page.getByText('User.Read.All (application) of Microsoft Graph').waitFor();
  await visitor.page.goto(emulator.app);
  await visitor.page.getByRole('article', { name: /Nightly report/ }).getByText('Valid').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('F29, F41, T12: consent by link: somebody else accepts, the page reads what is really there', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ name: 'Consent by link' });
  await page.getByRole('checkbox', { name: 'Grant admin consent in this run' }).uncheck();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  await visitor.checkScreen('run-consent');
  const link = await page.getByRole('textbox', { name: 'Consent URL' }).inputValue();
  assert.ok(link.startsWith(`${emulator.login}/`) && link.includes('/v2.0/adminconsent?'), link);
  await visitor.copy('Copy consent URL', link);
  await visitor.button('Check current status').click();
  await visitor.step('Admin consent').getByText(/Last check: not yet/).waitFor({ timeout: 45_000 });

  // Cancel at Microsoft comes back here, with its sentence, and changes nothing.
  await visitor.button('Give consent now').click();
  await visitor.button('Cancel').click();
  await page.getByText('You did not accept the permissions on Microsoft’s page. Nothing was changed.').waitFor();
  await visitor.button('Close').click();
  await visitor.button('Give consent now').click();
  await visitor.button('Accept').click();
  await visitor.takeSecret();
  const tenant = await tenantNamed(emulator, 'partner.example');
  const app = tenant.applications.find((entry) => entry.displayName === 'Consent by link');
  assert.deepEqual(app.redirectUris, [], 'our consent page was taken out again');
  await assertNoViolations(emulator, 'consent');
  visitor.assertClean();

  // The link opened by somebody without any session ends on a page that claims nothing.
  const stranger = await Visitor.arrive(browser, emulator);
  for (const state of ['', '&state=', '&state=8f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef+Sign+in+to+your+account']) {
    await stranger.page.goto(`${emulator.app}/consent?admin_consent=True&tenant=${tenant.id}${state}`);
    await stranger.page.getByText('Whoever asked you checks it in the tenant itself.').waitFor();
  }
  await stranger.page.goto(`${emulator.app}/consent?admin_consent=True&error=access_denied&error_description=AADSTS65004`);
  await stranger.page.getByText('You did not accept the permissions').waitFor();
  assert.equal(new URL(stranger.page.url()).search, '', 'the answer is out of the address');
  await stranger.checkScreen('consent-refused');
  stranger.assertClean();
  await stranger.leave();
  await visitor.leave();
});

test('T37: Later puts consent off, and undo takes back what was made', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ name: 'Short-lived', credential: 'No credential' });
  await page.getByRole('checkbox', { name: 'Grant admin consent in this run' }).uncheck();
  await visitor.button('Create').click();
  await visitor.button('Later').click({ timeout: 45_000 });
  await visitor.untilRun('Done');
  assert.equal(await visitor.step('Admin consent').getByRole('status').innerText(), 'Skipped');
  await visitor.button('Undo').click();
  await visitor.checkScreen('run-undo');
  await visitor.button('Undo the run').click();
  await page.getByText('This is not its name.').waitFor();
  await page.getByRole('textbox', { name: /Type the name/ }).fill('Short-lived');
  await visitor.button('Undo the run').click();
  await page.getByRole('heading', { name: 'Undo: Short-lived' }).waitFor();
  await visitor.untilRun('Done');
  const tenant = await tenantNamed(emulator, 'partner.example');
  assert.equal(tenant.applications.find((entry) => entry.displayName === 'Short-lived').deleted, true);
  assert.equal(tenant.applications.filter((entry) => entry.deleted).length, 1, 'nothing else was touched');
  await assertNoViolations(emulator, 'undo');
  visitor.assertClean();
  await visitor.leave();
});

test('a name that is taken is asked about', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ credential: 'No credential' });
  await visitor.button('Create').click();
  await visitor.page.getByText('The plan can’t start yet:').waitFor();
  await visitor.checkScreen('wizard-name-taken');
  await visitor.button('Use the existing one').click();
  await visitor.page.getByRole('rowheader', { name: 'Use the existing app registration “Nightly report” and add what is missing' }).waitFor();
  await visitor.button('Create').click();
  await visitor.untilRun('Done');
  const tenant = await tenantNamed(emulator, 'partner.example');
  assert.equal(tenant.applications.filter((entry) => entry.displayName === 'Nightly report').length, 1);
  visitor.assertClean();
  await visitor.leave();
});

test('a permission that the pointer is on stays under it while more APIs arrive', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page, context } = visitor;
  await visitor.signIn('admin@partner.example');
  let release;
  const held = new Promise((go) => { release = go; });
  await context.route(`${emulator.graph}/**`, async (route) => {
    if (route.request().postData()?.includes('/servicePrincipals?$select=id,appId,displayName,appRoles')) await held;
    await route.continue();
  });
  await visitor.openWizard();
  await page.getByRole('textbox', { name: 'Name' }).fill('Steady');
  await visitor.next();
  await page.getByRole('searchbox', { name: 'Search permissions' }).fill('Calendars.Read');
  const rows = page.locator('.row--permission');
  const last = rows.last();
  await last.waitFor();
  const before = await rows.count();
  const title = await last.getByRole('checkbox').getAttribute('aria-label');
  await last.scrollIntoViewIfNeeded();
  const box = await last.getByRole('checkbox').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  release();
  await page.waitForFunction((count) => document.querySelectorAll('.row--permission').length > count, before);
  await page.mouse.up();
  await page.getByRole('list', { name: 'Chosen permissions' }).waitFor();
  assert.equal(await page.getByRole('list', { name: 'Chosen permissions' }).getByRole('listitem').count(), 1);
  await visitor.button(`Remove ${title}`).waitFor();
  visitor.assertClean();
  await visitor.leave();
});
