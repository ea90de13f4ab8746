// The Azure CLI runs every text that the page hands out for it: whole plans with hostile names, and the registration of the page. What it
// makes is held against what the page itself makes.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Visitor, tenantNamed } from '../e2e/support.mjs';
import { beside, copied, planAsCommands } from './az.mjs';
import { makeAdministrator } from './administrator.mjs';

const { emulator, browser, az, shell, workplace, version, stop } = await beside();
after(stop);
console.log(`azure-cli ${version}`);

/** What counts of an application with all that hangs on it, without what differs each time. */
const gist = (tenant, app) => {
  const principal = tenant.servicePrincipals.find((known) => known.appId === app.appId);
  const of = (list, name) => tenant[list].filter((known) => known[name] === principal.id);
  const day = (date) => date.slice(0, 10);
  return {
    displayName: app.displayName,
    audience: app.signInAudience,
    redirectUris: app.redirectUris,
    requiredResourceAccess: app.requiredResourceAccess,
    tags: app.tags,
    secrets: app.passwordCredentials.map((secret) => [secret.displayName.split(' · ')[0], day(secret.endDateTime)]),
    permissions: of('appRoleAssignments', 'principalId').map((known) => `${known.resourceId} ${known.appRoleId}`).toSorted(),
    grants: of('oauth2PermissionGrants', 'clientId').map((known) => `${known.resourceId} ${known.consentType} ${known.scope}`).toSorted(),
    roles: of('roleAssignments', 'principalId').map((known) => known.roleDefinitionId).toSorted(),
  };
};

const NAME = `O'Brien "nightly" $(touch pwned) \`id\` %s \\n & Söhne 東京 🚀`;
const TWIN = 'Made by the page';

test('the Azure CLI signs in with the secret that the page has just shown, and a whole plan ends as the page’s own run does', async () => {
  const { visitor, appId, secret } = await makeAdministrator(emulator, browser);
  const { page } = visitor;
  await visitor.button('Use now').click();
  const connect = await page.locator('details.command').filter({ hasText: /^Azure CLI/ }).locator('pre').textContent();
  assert.ok(!connect.includes(secret));
  await shell(connect, `${secret}\n`);
  assert.equal(JSON.parse(await az('account', 'show', '--output', 'json')).user.name, appId);

  await page.goto(emulator.app);
  await visitor.fillWizard({ name: NAME, roles: ['Exchange Administrator'] });
  const text = await planAsCommands(visitor);
  await shell(text);
  const tenantBefore = await tenantNamed(emulator, 'partner.example');
  const made = tenantBefore.applications.filter((app) => app.displayName === NAME);
  assert.equal(made.length, 1);
  // The page goes on from what the text made, and makes nothing twice. It can't know the value of the secret, so it offers another one.
  await visitor.button('Create').click();
  await visitor.button('Show secret').click({ timeout: 45_000 });
  await page.getByText('The credential exists, its value is lost.').waitFor();
  await visitor.button('Cancel').click();
  assert.deepEqual(gist(await tenantNamed(emulator, 'partner.example'), made[0]), gist(tenantBefore, made[0]));
  // A run of the page by itself ends as the text did.
  await page.goto(emulator.app);
  await visitor.fillWizard({ name: TWIN, roles: ['Exchange Administrator'] });
  await visitor.button('Create').click();
  await visitor.takeSecret();
  const tenant = await tenantNamed(emulator, 'partner.example');
  const twin = tenant.applications.find((app) => app.displayName === TWIN);
  assert.deepEqual(JSON.parse(JSON.stringify(gist(tenant, twin)).replaceAll(JSON.stringify(TWIN).slice(1, -1), JSON.stringify(NAME).slice(1, -1))), gist(tenant, made[0]));
  assert.deepEqual(readdirSync(workplace), [], 'no part of a name was run');

  // Changes of an App session that exists.
  await visitor.button('Use now').click();
  await page.getByText('Everything that was asked for is in place.').waitFor();
  const app = async () => (await tenantNamed(emulator, 'partner.example')).applications.find((known) => known.appId === page.url().split('/').pop());
  const propose = async (...buttons) => {
    for (const button of buttons) await visitor.button(button).click();
    await page.getByRole('region', { name: 'Plan' }).waitFor();
    const plan = await planAsCommands(visitor);
    await visitor.button('Close the plan').click();
    return plan;
  };
  await shell(await propose('Make multitenant'));
  assert.equal((await app()).signInAudience, 'AzureADMultipleOrgs');
  await visitor.button('Rename').click();
  await page.getByRole('region', { name: 'Changes' }).getByRole('textbox').fill(`${NAME} 2`);
  await shell(await propose('Show the plan'));
  assert.equal((await app()).displayName, `${NAME} 2`);
  await shell(await propose('Disable'));
  const principal = (await tenantNamed(emulator, 'partner.example')).servicePrincipals.find((known) => known.appId === page.url().split('/').pop());
  assert.equal(principal.accountEnabled, false);
  const secrets = (await app()).passwordCredentials.length;
  await shell(await propose('Rotate secret', 'Show the plan'));
  assert.equal((await app()).passwordCredentials.length, secrets + 1);
  await shell(await propose('Delete'));
  assert.equal((await app()).deleted, true);
  visitor.assertClean();
  await visitor.leave();
});

test('the Azure CLI makes the account of a connector as the page does', async () => {
  const visitor = await Visitor.arrive(browser, emulator, { ignoreHTTPSErrors: true });
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  const box = (name) => page.getByRole('textbox', { name, exact: true });
  await visitor.button('Create connection account').click();
  await box('Name').fill(`Backup ${NAME}`);
  await box('User name').fill('svc-cli');
  await page.getByRole('combobox', { name: 'License' }).selectOption({ index: 1 });
  await box('Usage location (two letters; needed for a license)').fill('de');
  await visitor.next();
  await visitor.chooseRole('Exchange Administrator');
  await visitor.next();
  await page.getByRole('table').waitFor();
  await shell(await planAsCommands(visitor), 'Quay-lantern-11-x9\n');
  const tenant = await tenantNamed(emulator, 'partner.example');
  const user = tenant.users.find((known) => known.userPrincipalName === 'svc-cli@partner.example');
  assert.equal(user.usageLocation, 'DE');
  assert.equal(user.assignedLicenses.length, 1);
  assert.equal(tenant.roleAssignments.filter((known) => known.principalId === user.id).length, 1);
  visitor.assertClean();
  await visitor.leave();
});

test('the Azure CLI registers the page, twice without a second one, and the page signs in with what it made', async () => {
  const visitor = await Visitor.arrive(browser, emulator, { ignoreHTTPSErrors: true });
  const { page } = visitor;
  const hosting = async (text) => {
    await visitor.context.unroute('**/config.json');
    await visitor.context.route('**/config.json', (route) => route.fulfill({ contentType: 'application/json', body: text }));
  };
  await hosting(JSON.stringify({ cloud: 'emulator', clientId: '', redirectOrigin: '', loginOrigin: emulator.login, graphOrigin: emulator.graph }));
  await page.goto(emulator.app);
  await page.getByRole('radio', { name: 'Azure CLI' }).check();
  const text = await copied(visitor, 'Copy Azure CLI');
  const [first, second] = [await shell(text), await shell(text)];
  await page.getByText('Optional: consent for everybody in your tenant').click();
  const consent = await copied(visitor, 'Copy consent commands');
  await shell(consent);
  // The second run comes when the first one is known, as a person's would.
  const isKnown = async () => JSON.parse(await az('rest', '--method', 'get', '--url', `${emulator.graph}/v1.0/oauth2PermissionGrants`)).value.some((grant) => grant.scope.includes('offline_access') && grant.scope.includes('User.RevokeSessions.All'));
  let looks = 0;
  while (!(await isKnown())) assert.ok((looks += 1) < 20, 'the grant is known');
  await shell(consent);
  const id = first.match(/Application \(client\) ID: (\S+)/)[1];
  assert.ok(second.includes(id), 'the second run finds what the first one made');
  await page.getByRole('textbox', { name: 'Application (client) ID' }).fill(id);
  await visitor.button('Check the client ID').click();
  await page.getByText('Entra answers for this client ID').waitFor();
  await hosting(await copied(visitor, 'Copy config.json'));
  await page.reload();
  await visitor.button('Sign in').click();
  await visitor.passMicrosoft('admin@partner.example');
  // Nobody is asked for consent.
  await page.getByRole('article').first().waitFor();
  const tenant = await tenantNamed(emulator, 'partner.example');
  const principal = tenant.servicePrincipals.find((known) => known.appId === id);
  assert.equal(tenant.oauth2PermissionGrants.filter((known) => known.clientId === principal.id).length, 1);
  visitor.assertClean();
  await visitor.leave();
});

test('the Azure CLI signs in with the certificate that takes the place of a secret', async () => {
  const visitor = await Visitor.arrive(browser, emulator, { ignoreHTTPSErrors: true });
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ name: 'With a certificate' });
  await visitor.button('Create').click();
  await visitor.takeSecret();
  await visitor.button('Use now').click();
  await visitor.button('Switch to certificate').click();
  await visitor.button('Show the plan').click();
  await visitor.button('Carry out').click();
  await visitor.button('Create certificate').click({ timeout: 45_000 });
  await visitor.button('Download PEM').waitFor({ timeout: 45_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Download PEM').click()]);
  const pem = join(workplace, 'certificate.pem');
  await download.saveAs(pem);
  await visitor.button('I have saved it').click();
  await visitor.button('Remove the old one').click({ timeout: 45_000 });
  await visitor.untilRun('Done');
  await visitor.button('Use now').click();
  await az('account', 'clear');
  await shell(await page.locator('details.command').filter({ hasText: /^Azure CLI/ }).locator('pre').textContent());
  const appId = page.url().split('/').pop();
  assert.equal(JSON.parse(await az('account', 'show', '--output', 'json')).user.name, appId);
  rmSync(pem);
  visitor.assertClean();
  await visitor.leave();
});
