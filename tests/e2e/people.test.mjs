// Who may and who may not: each is told why, and whom to ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCustomer as pressOpen } from './journeys.mjs';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();

const openCustomer = async (visitor, number) => {
  await visitor.page.goto(emulator.app);
  await visitor.button('Partner Access').click();
  const customer = await pressOpen(visitor, number);
  await visitor.page.getByRole('banner').getByText(customer.domain).waitFor();
  return customer;
};

test('a technician works in customer 5 from end to end, and Recent sessions keeps both', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('tech@partner.example');
  const customer = await openCustomer(visitor, 5);
  await visitor.page.getByText(`You work in ${customer.displayName} as Harbour Lane Partners’s technician`).waitFor();
  await visitor.fillWizard({ roles: ['Exchange Administrator'] });
  await visitor.page.getByText(customer.id).waitFor();
  await visitor.button('Create').click();
  await visitor.takeSecret();
  const tenant = await tenantNamed(emulator, 'customer5.example');
  assert.equal(tenant.applications.length, 1);
  const partner = await tenantNamed(emulator, 'partner.example');
  assert.equal(partner.applications.filter((app) => app.displayName !== 'Latchkey').length, 0, 'nothing was written at home');
  const requests = await assertNoViolations(emulator, 'technician');
  const strays = requests.filter((entry) => entry.origin === 'graph' && entry.path.startsWith('/v1.0/me') && entry.tenant === customer.id);
  assert.deepEqual(strays, [], 'a technician has no /me in the customer’s tenant');
  await visitor.page.goto(emulator.app);
  await visitor.page.getByRole('article', { name: /Harbour Lane Partners · tech@/ }).getByRole('button', { name: 'Switch' }).click();
  await visitor.page.getByRole('banner').getByText('partner.example', { exact: true }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('T36: a technician is warned before the first write where the roles may not suffice, and Graph’s answer decides', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('tech@partner.example');
  await visitor.page.goto(`${emulator.app}/app/partner`);
  await visitor.page.getByRole('searchbox', { name: 'Search customers' }).waitFor();
  await visitor.checkScreen('partner-access');
  for (const [number, reason, refusal] of /** @type {const} */ ([
    [30, 'You have no role that is known to let you add directory roles in this tenant.', 'Adding the role Exchange Administrator was refused: you may not do that in this tenant.'],
    [50, 'You have no role that is known to let you register applications in this tenant.', 'Creating the app registration was refused: you may not do that in this tenant.'],
  ])) {
    const customer = await openCustomer(visitor, number);
    await visitor.fillWizard({ roles: ['Exchange Administrator'] });
    await visitor.page.getByText(reason).waitFor();
    await visitor.page.getByText('Look at this before you start:').waitFor();
    await visitor.checkScreen(`preflight-${number}`);
    const requests = await emulator.control('GET', '/requests');
    const writes = requests.filter((entry) => entry.tenant === customer.id && entry.method !== 'GET' && entry.origin === 'graph');
    assert.deepEqual(writes, []);
    await visitor.button('Create').click();
    if (number === 30) await visitor.button('Later').click({ timeout: 45_000 });
    await visitor.page.getByText(refusal).waitFor({ timeout: 30_000 });
    await visitor.page.goto(emulator.app);
  }
  visitor.assertClean();
  await visitor.leave();
});

test('a reader may create, and is told who can consent', async () => {
  // What was refused to others before is no fault here.
  await emulator.control('DELETE', '/requests');
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('reader@partner.example');
  await visitor.fillWizard({ name: 'Of the reader' });
  await visitor.page.getByText('Privileged Role Administrator or Global Administrator, here or by link').waitFor();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  await visitor.button('Copy consent URL').waitFor();
  await visitor.button('Give consent now').click();
  await visitor.page.getByText('Need admin approval').waitFor();
  await visitor.button('Return to the application without granting consent').click();
  await visitor.button('Later').click();
  await visitor.takeSecret();
  await assertNoViolations(emulator, 'reader');
  visitor.assertClean();
  await visitor.leave();
});

test('a Global Administrator without the app role has no access, and is told whom to ask', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('boss@partner.example');
  assert.ok(await visitor.button('Create App session').isDisabled());
  await visitor.page.getByText('Ask somebody who holds AppSessions.Manage').waitFor();
  await visitor.checkScreen('no-access');
  for (const path of ['/app/new', '/app/new/app-session']) {
    await visitor.page.goto(emulator.app + path);
    await visitor.page.getByText('You do not have access to App sessions.').waitFor();
  }
  visitor.assertClean();
  await visitor.leave();
});

test('F29, T14: where nothing is consented, each feature asks when it is entered', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@fresh.example', { consents: true });
  const { id, servicePrincipals, users } = await tenantNamed(emulator, 'fresh.example');
  const resource = servicePrincipals.find((entry) => entry.displayName === 'Latchkey');
  await emulator.control('POST', '/directory', {
    tenant: 'fresh.example',
    objects: [{ type: 'grant', appRoleId: resource.appRoles[0].id, principalId: users[0].id, resourceId: resource.id }],
  });
  // A change of access is felt after a fresh sign-in.
  await visitor.page.goto(`${emulator.app}/app/settings`);
  await visitor.button('Sign out').click();
  await visitor.page.waitForURL('**/auth');
  await visitor.signIn('admin@fresh.example');
  await visitor.button('Create App session').click();
  await visitor.button('App session').click();
  await visitor.page.getByText('Microsoft asks for your approval first').waitFor();
  await visitor.checkScreen('step-up');
  await visitor.button('Continue').click();
  await visitor.button('Cancel').click();
  await visitor.page.getByText('You did not accept the permissions').waitFor();
  await visitor.button('Continue').click();
  await visitor.button('Accept').click();
  await visitor.page.getByRole('textbox', { name: 'Name' }).waitFor();
  assert.equal(new URL(visitor.page.url()).pathname, '/app/new/app-session', 'back where it was asked');
  const asked = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path === `/${id}/oauth2/v2.0/authorize`).map((entry) => entry.query);
  const looking = await asked();
  assert.ok(looking.length > 0 && looking.every((query) => query.includes('Directory.Read.All') && !query.includes('Write')), `looking asks to read: ${looking}`);
  // What is written with is asked for by the plan that writes, and by its steps alone.
  const { page } = visitor;
  await page.getByRole('textbox', { name: 'Name' }).fill('Of a new tenant');
  await visitor.next();
  await visitor.choosePermission('User.Read.All (application)');
  await visitor.next();
  await visitor.next();
  await visitor.next();
  await page.getByText('Microsoft’s page first asks you to approve what this plan writes with: Application.ReadWrite.All, AppRoleAssignment.ReadWrite.All.').waitFor();
  await visitor.checkScreen('review-approval');
  await visitor.button('Create').click();
  await visitor.button('Accept').click();
  await page.waitForURL('**/app/run/**');
  await visitor.takeSecret();
  const writing = (await asked()).slice(looking.length);
  assert.equal(writing.length, 1);
  assert.ok(writing[0].includes('AppRoleAssignment.ReadWrite.All') && !/RoleManagement|User\.ReadWrite|DelegatedPermissionGrant/.test(writing[0]), writing[0]);
  visitor.assertClean();
  await visitor.leave();
});
