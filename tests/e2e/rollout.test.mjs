// One blueprint for several customers, a role that must be activated first, blueprints as files and links, and a manifest for an app that exists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();

test('T36: an App session for several customers: planned first, alike plans shown once, failed ones repeated alone, over a reload', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('tech@partner.example');
  const { page } = visitor;
  await visitor.button('Partner Access').click();
  const search = page.getByRole('searchbox', { name: 'Search customers' });
  for (const domain of ['customer1.example', 'customer2.example', 'customer21.example', 'customer41.example']) {
    const { id, displayName } = await tenantNamed(emulator, domain);
    // By its id: names and domains of others begin alike.
    await search.fill(id);
    await page.getByRole('checkbox', { name: `Select ${displayName}`, exact: true }).check();
  }
  await visitor.button('Set up an App session').click();
  await page.getByText('4 customers:').waitFor();
  // The first write at the second customer is refused for good.
  const second = await tenantNamed(emulator, 'customer2.example');
  await visitor.button('Make the plans').click();
  // Customers 1 and 2: everything in the run. Customer 21: no role for application permissions, so consent by somebody else. 41: no role
  // that this page knows of, so it waits until somebody ticks it.
  await page.getByRole('heading', { name: 'One plan, the same for 2 customers' }).nth(1).waitFor({ timeout: 60_000 });
  await page.getByText('You have no role that is known to let you register applications in this tenant.').waitFor();
  assert.equal(await page.getByRole('checkbox', { name: /customer41\.example/ }).isChecked(), false);
  await visitor.checkScreen('rollout-plans');
  const before = await emulator.control('GET', '/requests');
  assert.deepEqual(before.filter((entry) => entry.origin === 'graph' && entry.method !== 'GET' && !entry.path.endsWith('$batch')), [], 'nothing is written yet');
  await page.getByRole('checkbox', { name: /customer21\.example/ }).uncheck();
  await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'PATCH', path: '/v1.0/applications*', nth: 2 }, then: { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' } } }, times: 1 });
  await visitor.button('Carry out').click();
  await page.getByText('0 of 2 done, 1 need you, 1 failed').waitFor({ timeout: 60_000 });
  await visitor.checkScreen('rollout-results');
  await page.reload();
  await page.getByText('0 of 2 done, 1 need you, 1 failed').waitFor({ timeout: 30_000 });
  await visitor.button('Repeat the failed ones').click();
  await page.getByText('0 of 2 done, 2 need you, 0 failed').waitFor({ timeout: 60_000 });
  await page.getByRole('row').filter({ hasText: 'customer2.example' }).getByRole('link').click();
  await page.getByText(second.id).waitFor();
  await visitor.takeSecret();
  for (const [domain, count] of Object.entries({ 'customer1.example': 1, 'customer2.example': 1, 'customer21.example': 0 })) {
    const tenant = await tenantNamed(emulator, domain);
    assert.equal(tenant.applications.filter((app) => app.displayName === 'Read-only reporting').length, count, domain);
  }
  await assertNoViolations(emulator, 'rollout');
  visitor.assertClean();
  await visitor.leave();
});

test('T23: a role that must be activated first is named with the way to it, and seen after Look again', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const partner = await tenantNamed(emulator, 'partner.example');
  const reader = partner.users.find((user) => user.userPrincipalName === 'reader@partner.example').id;
  const administrator = 'e8611ab8-c189-46e8-94e1-60213ab1f814';
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects: [{ type: 'eligibility', principalId: reader, roleDefinitionId: administrator }] });
  await visitor.signIn('reader@partner.example');
  await visitor.fillWizard({ roles: ['Exchange Administrator'] });
  const { page } = visitor;
  await page.getByText('You may activate the role Privileged Role Administrator yourself').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Open the portal' }).getAttribute('href'), 'https://entra.microsoft.com');
  await visitor.checkScreen('review-eligible');
  await visitor.context.route('https://entra.microsoft.com/**', (route) => route.fulfill({ contentType: 'text/html', body: '<title>Portal</title>' }));
  const [portal] = await Promise.all([visitor.context.waitForEvent('page'), page.getByRole('link', { name: 'Open the portal' }).click()]);
  await portal.waitForLoadState();
  assert.deepEqual(await portal.evaluate(() => [window.opener, document.referrer]), [null, '']);
  await portal.close();
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects: [{ type: 'roleAssignment', principalId: reader, roleDefinitionId: administrator }] });
  await visitor.button('Look again').click();
  await page.getByText('You have no role that is known to let you add directory roles').waitFor({ state: 'detached' });
  visitor.assertClean();
  await visitor.leave();
});

test('a blueprint goes out as a file and comes back as the same bytes; a broken one names its lines', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  await visitor.fillWizard({ name: 'Shared report', roles: ['Reports Reader'] });
  await page.getByText('Keep or share this as a blueprint').click();
  const exported = async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Export blueprint').click()]);
    return readFileSync(await download.path(), 'utf8');
  };
  const first = await exported();
  assert.match(first, /"latchkeyBlueprint": 1/);
  await visitor.button('Save as blueprint').click();
  await page.getByText('It is offered under Create as “Shared report”.').waitFor();
  await page.goto(`${emulator.app}/app/new`);
  await page.getByRole('button', { name: 'Use Shared report' }).waitFor();
  await page.getByLabel('Open a blueprint file').setInputFiles({ name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from(first.replace('"appSession"', '"appsession"')) });
  await page.getByText('Line 3, kind: expected appSession').waitFor();
  await visitor.checkScreen('blueprint-broken');
  await page.getByLabel('Open a blueprint file').setInputFiles({ name: 'good.json', mimeType: 'application/json', buffer: Buffer.from(first) });
  await visitor.button('Replace it').click();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Shared report');
  for (const step of ['Permissions', 'Credential', 'Roles', 'Review']) {
    await visitor.next();
    await page.getByRole('region', { name: step }).waitFor({ timeout: 30_000 });
    // The names of the file are looked up in all that the tenant offers; Next waits for that.
    if (step === 'Permissions') await page.getByRole('list', { name: 'Chosen permissions' }).getByText('User.Read.All (application)').waitFor({ timeout: 30_000 });
  }
  await page.getByRole('table').waitFor({ timeout: 30_000 });
  await page.getByText('Filled by a file').waitFor();
  for (const name of [/Calendars\.Read/, /Reports Reader/]) await page.getByRole('checkbox', { name }).check({ timeout: 30_000 });
  await page.getByRole('table').getByText('Add the role Reports Reader').waitFor();
  await page.getByText('Keep or share this as a blueprint').click();
  assert.equal(await exported(), first);
  visitor.assertClean();
  await visitor.leave();
});

test('a link fills the wizard and nothing more: what is risky is left out until it is ticked, line by line', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  const document = {
    latchkeyBlueprint: 1,
    kind: 'appSession',
    name: 'Sent by somebody',
    redirectUris: ['https://evil.example.com/take'],
    permissions: [{ resource: '00000003-0000-0000-c000-000000000000', application: ['Mail.ReadWrite', 'User.Read.All'] }],
    credential: { type: 'secret', days: 180 },
  };
  const fragment = `blueprint=${Buffer.from(JSON.stringify(document)).toString('base64url')}`;
  await page.goto(`${emulator.app}/app/new#${fragment}`);
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  assert.ok(!page.url().includes('#'), page.url());
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Sent by somebody');
  await visitor.next();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('User.Read.All (application)').waitFor({ timeout: 30_000 });
  for (let step = 0; step < 3; step += 1) await visitor.next();
  await page.getByText('Filled by a link from outside').waitFor();
  const uri = page.getByRole('checkbox', { name: /evil\.example\.com/ });
  const mail = page.getByRole('checkbox', { name: /Mail\.ReadWrite/ });
  assert.equal(await uri.isChecked(), false);
  assert.equal(await mail.isChecked(), false);
  const plan = page.getByRole('table', { name: 'Plan' });
  await plan.waitFor();
  assert.equal(await plan.getByText('Mail.ReadWrite').count(), 0);
  await visitor.checkScreen('review-from-outside');
  await mail.click();
  await plan.getByText('Grant Mail.ReadWrite (application) of Microsoft Graph').waitFor();
  await page.goto(`${emulator.app}/app/new#blueprint=broken`);
  await page.getByText('The blueprint of this link can’t be read.').waitFor();
  const requests = await emulator.control('GET', '/requests');
  assert.ok(!JSON.stringify(requests).includes('evil.example'), 'nothing of the link reached anybody');
  visitor.assertClean();
  await visitor.leave();
});

test('a manifest for an App session that exists shows the difference first', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  await visitor.fillWizard({ name: 'Old report', credential: 'No credential' });
  await visitor.button('Create').click();
  await visitor.untilRun('Done');
  await page.goto(`${emulator.app}/app/new`);
  await visitor.button('Import manifest').click();
  const box = page.getByRole('textbox', { name: 'Manifest' });
  await box.fill('"requiredResourceAccess": [ { "resourceAppId": "Graph" } ]');
  await page.getByText('Nothing was taken from this text:').waitFor();
  await visitor.checkScreen('import-broken');
  await box.fill('“requiredResourceAccess”: [ { “resourceAppId”: “00000003-0000-0000-c000-000000000000”, “resourceAccess”: [ { “id”: “df021288-bdef-4463-88db-98f22de89214”, “type”: “Role” }, ] } ],');
  await page.getByText('1 permission read: 1 application, 0 delegated').waitFor();
  await visitor.checkScreen('import-read');
  // An app registration of the tenant serves as well as a text.
  const old = (await tenantNamed(emulator, 'partner.example')).applications.find((known) => known.displayName === 'Old report');
  await page.getByText('Or take an app registration of this tenant').click();
  const id = page.getByRole('textbox', { name: 'Application (client) ID' });
  await id.fill('Old report');
  await visitor.button('Read it').click();
  await page.getByText('A client ID is a GUID').waitFor();
  await id.fill('11111111-3b7f-4f6e-8d21-90ab12cd34ef');
  await visitor.button('Read it').click();
  await page.getByText('has no app registration with this client ID').waitFor();
  await id.fill(old.appId);
  await visitor.button('Read it').click();
  await page.getByText('2 permissions read: 1 application, 1 delegated').waitFor();
  await visitor.checkScreen('import-of-tenant');
  await box.fill('{"requiredResourceAccess":[{"resourceAppId":"00000003-0000-0000-c000-000000000000","resourceAccess":[{"id":"df021288-bdef-4463-88db-98f22de89214","type":"Role"},{"id":"9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8","type":"Role"}]}]}');
  await page.getByText('2 permissions read: 2 application, 0 delegated').waitFor();
  await visitor.button('Import into Old report').click();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('Calendars.Read (delegated)').waitFor({ state: 'detached', timeout: 30_000 });
  // What it does not have yet and could do harm is in the plan once it is ticked.
  const tick = page.getByRole('checkbox', { name: /^RoleManagement\.ReadWrite\.Directory/ });
  assert.equal(await tick.isChecked(), false);
  await visitor.checkScreen('import-waits');
  await tick.check();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('RoleManagement.ReadWrite.Directory').waitFor();
  await tick.uncheck();
  await visitor.button('Show the plan').click();
  await page.getByText('Taken out: Calendars.Read (delegated) of Microsoft Graph').waitFor({ timeout: 30_000 });
  await visitor.button('Carry out').click();
  await visitor.untilRun('Done');
  const tenant = await tenantNamed(emulator, 'partner.example');
  const app = tenant.applications.find((known) => known.displayName === 'Old report');
  assert.deepEqual(app.requiredResourceAccess.flatMap((resource) => resource.resourceAccess.map((access) => access.type)), ['Role']);
  await assertNoViolations(emulator, 'import');
  visitor.assertClean();
  await visitor.leave();
});
