// An App session after its first day: certificates, rotation, permissions, name, audience, life.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import * as journeys from './journeys.mjs';
import { carryOut, makeAppSession as withSecret, rotateSecret } from './journeys.mjs';
import { Visitor, assertNoViolations, stage } from './support.mjs';

const { emulator, browser } = await stage();
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
after(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => emulator.control('POST', '/reset', { customers: 60 }));

const openssl = (line) => {
  const { status, stdout, stderr } = spawnSync('openssl', line.split(' '), { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
};

const arrive = async (upn = 'admin@partner.example') => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn(upn);
  return visitor;
};

const application = (name) => journeys.application(emulator, name);

/** Opens the page of the App session anew, as after a run. */
const open = async (visitor) => {
  const { appId } = await application();
  await visitor.page.goto(`${emulator.app}/app/apps/${appId}`);
  await visitor.page.getByRole('region', { name: 'Changes' }).waitFor();
};

const plan = (visitor) => visitor.page.getByRole('region', { name: 'Plan' });

/** Makes, downloads and keeps the certificate of the run; returns its PEM. */
const takeCertificate = async (visitor) => {
  await visitor.button('Create certificate').click({ timeout: 45_000 });
  const save = visitor.button('Download PEM');
  await save.waitFor({ timeout: 45_000 });
  const [download] = await Promise.all([visitor.page.waitForEvent('download'), save.click()]);
  const pem = readFileSync(await download.path(), 'utf8');
  await visitor.button('I have saved it').click();
  return pem;
};

const assertNothingOf = async (visitor, pem) => {
  const remains = await visitor.remains();
  const body = pem.split('-----END PRIVATE KEY-----')[0].split('\n').filter((line) => line.length === 64);
  assert.ok(body.length > 20, 'a private key');
  for (const line of body) assert.ok(!remains.includes(line), 'a part of the private key is left behind');
};

test('T18: an App session gets a certificate that is made in the browser; its key is handed over once and kept nowhere', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await visitor.openWizard();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  await visitor.next();
  await visitor.choosePermission('User.Read.All (application)');
  await visitor.next();
  await page.getByRole('radio', { name: 'Certificate', exact: true }).check();
  await visitor.checkScreen('wizard-certificate');
  await page.getByRole('combobox', { name: 'Key length' }).selectOption('3072');
  await visitor.next();
  await visitor.next();
  await page.getByText(/RSA key of 3072 bits/).waitFor();
  await visitor.button('Create').click();
  await visitor.button('Create certificate').click({ timeout: 45_000 });
  await visitor.button('Download PEM').waitFor({ timeout: 45_000 });
  assert.equal((await application()).keyCredentials.length, 0, 'nothing is written before the key is saved');
  assert.ok(await visitor.button('I have saved it').isDisabled());
  await visitor.checkScreen('run-certificate');
  const shown = await page.getByText(/^[0-9A-F]{40}$/).innerText();
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Download PEM').click()]);
  const pem = readFileSync(await download.path(), 'utf8');
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
  assert.equal(certificate.fingerprint.replaceAll(':', ''), shown);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.subject, 'CN=Nightly report');
  const [key] = (await application()).keyCredentials;
  assert.equal(new Date(key.endDateTime).getTime(), new Date(certificate.validTo).getTime());
  await assertNothingOf(visitor, pem);
  await visitor.assertNoMarks();
  await visitor.button('Use now').click();
  await page.getByText(shown, { exact: true }).waitFor();
  await visitor.checkScreen('app-session-certificate');
  visitor.assertClean();
  await assertNoViolations(emulator, 'certificate');
  await visitor.leave();
});

test('a secret is rotated: the new one first, the old one by a click of its own, over a reload', async () => {
  const visitor = await arrive();
  await withSecret(visitor);
  await rotateSecret(visitor, { look: (name) => visitor.checkScreen(name) });
  visitor.assertClean();
  await visitor.assertNoMarks();
  await assertNoViolations(emulator, 'rotate');
  await visitor.leave();
});

test('a secret gives way to a certificate, made or uploaded; what is not a fit certificate is refused at the field', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  openssl('req -x509 -nodes -newkey rsa:2048 -subj /CN=uploaded -days 90 -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out good.cer');
  openssl('req -x509 -nodes -newkey rsa:1024 -subj /CN=weak -days 90 -addext basicConstraints=critical,CA:FALSE -keyout weak.key -out weak.cer');
  openssl('req -x509 -nodes -newkey rsa:2048 -subj /CN=authority -days 90 -keyout authority.key -out authority.cer');
  await visitor.button('Switch to certificate').click();
  await page.getByRole('radio', { name: 'Use the certificate of a file' }).check();
  const file = page.getByLabel(/^Certificate file/);
  for (const [name, said] of Object.entries({ 'key.pem': /holds a private key/, 'weak.cer': /1024 bits/, 'authority.cer': /certificate authority/ })) {
    await file.setInputFiles(join(folder, name));
    await page.getByRole('alert').getByText(said).waitFor();
  }
  await visitor.button('Show the plan').click();
  await page.getByRole('alert').getByText(/Choose the file/).waitFor();
  await file.setInputFiles(join(folder, 'good.cer'));
  await page.getByText('CN=uploaded').waitFor();
  await visitor.button('Show the plan').click();
  await carryOut(visitor);
  await visitor.button('Remove the old one').click({ timeout: 45_000 });
  await visitor.untilRun('Done');
  let app = await application();
  assert.deepEqual([app.passwordCredentials.length, app.keyCredentials.map((key) => key.displayName)], [0, ['CN=uploaded']]);
  // And that one is rotated by one of the browser.
  await open(visitor);
  await visitor.button('Rotate certificate').click();
  await visitor.button('Show the plan').click();
  await carryOut(visitor);
  await takeCertificate(visitor);
  await visitor.button('Remove the old one').click({ timeout: 45_000 });
  await visitor.untilRun('Done');
  app = await application();
  assert.deepEqual(app.keyCredentials.map((key) => key.displayName), ['CN=Nightly report']);
  visitor.assertClean();
  await assertNoViolations(emulator, 'switch');
  await visitor.leave();
});

test('F22: a policy of the tenant that speaks against a credential is said before anything is written, and Graph decides', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  const restriction = (restrictionType, maxLifetime) => ({ restrictionType, state: 'enabled', maxLifetime, restrictForAppsCreatedAfterDateTime: '2020-01-01T00:00:00Z' });
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects: [{ type: 'policy', isEnabled: true, applicationRestrictions: { passwordCredentials: [restriction('passwordAddition', null)], keyCredentials: [restriction('asymmetricKeyLifetime', 'P90D')] } }] });
  await visitor.button('Rotate secret').click();
  await visitor.button('Show the plan').click();
  await plan(visitor).getByText('The app management policy of this tenant forbids client secrets.').waitFor();
  await visitor.checkScreen('plan-against-policy');
  await visitor.button('Close the plan').click();
  await visitor.button('Switch to certificate').click();
  await visitor.button('Show the plan').click();
  await plan(visitor).getByText('The app management policy of this tenant allows certificates for 90 days at most.').waitFor();
  await visitor.button('Close the plan').click();
  await visitor.button('Switch to certificate').click();
  await page.getByRole('combobox', { name: 'Lifetime' }).selectOption('90');
  await visitor.button('Show the plan').click();
  await carryOut(visitor);
  await takeCertificate(visitor);
  await visitor.button('Remove the old one').waitFor({ timeout: 45_000 });
  visitor.assertClean();
  await assertNoViolations(emulator, 'policy');
  await visitor.leave();
});

test('Exchange Online app access is one plan: permission, role, certificate', async () => {
  const visitor = await arrive();
  await withSecret(visitor);
  await visitor.button('Exchange Online app access').click();
  await plan(visitor).getByText(/Exchange\.ManageAsApp/).first().waitFor();
  await visitor.checkScreen('plan-exchange');
  await carryOut(visitor);
  await takeCertificate(visitor);
  await visitor.untilRun('Done');
  await open(visitor);
  await visitor.page.getByText('Exchange Administrator').waitFor();
  await visitor.page.getByText('Everything that was asked for is in place.').waitFor();
  visitor.assertClean();
  await assertNoViolations(emulator, 'exchange');
  await visitor.leave();
});

test('a directory role is added from the page of the App session, and waited for', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  await visitor.button('Add the role').click();
  await page.getByRole('searchbox', { name: 'Search roles' }).fill('global read');
  await visitor.button('Add Global Reader').click();
  await plan(visitor).getByRole('rowheader', { name: 'Add the role Global Reader' }).waitFor();
  await carryOut(visitor);
  await visitor.untilRun('Done');
  await open(visitor);
  await page.getByText('Global Reader', { exact: true }).waitFor();
  await page.getByText('Everything that was asked for is in place.').waitFor();
  visitor.assertClean();
  await assertNoViolations(emulator, 'role');
  await visitor.leave();
});

test('permissions are edited, with the difference first, and taken back step by step', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  await visitor.button('Edit permissions').click();
  await visitor.choosePermission('Group.Read.All (application)');
  await page.getByRole('button', { name: 'Remove Calendars.Read (delegated)' }).click();
  await page.getByRole('checkbox', { name: /^Revoke what I take out/ }).check();
  await visitor.button('Show the plan').click();
  await plan(visitor).getByText('Added: Group.Read.All (application) of Microsoft Graph. Taken out: Calendars.Read (delegated) of Microsoft Graph').waitFor();
  await visitor.checkScreen('plan-permissions');
  await carryOut(visitor);
  await visitor.untilRun('Done');
  const run = page.url();
  await open(visitor);
  await page.getByText('Group.Read.All (application) of Microsoft Graph').waitFor();
  assert.equal(await page.getByText('Calendars.Read (delegated) of Microsoft Graph').count(), 0);
  // Only the revocation is taken back: what is granted then is more than what is asked for.
  await page.goto(run);
  await visitor.button('Undo').click();
  const dialog = page.getByRole('alertdialog', { name: 'Undo' });
  await visitor.checkScreen('undo-steps');
  for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck();
  await dialog.getByRole('checkbox', { name: /Grant Calendars\.Read/ }).check();
  await visitor.button('Undo the run').click();
  await page.getByRole('heading', { name: 'Undo: Nightly report' }).waitFor();
  await visitor.untilRun('Done');
  await open(visitor);
  await page.getByText('Extra (1)').waitFor();
  visitor.assertClean();
  await assertNoViolations(emulator, 'permissions');
  await visitor.leave();
});

test('name, audience, sign-in and life are changed, and changed back', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  const { appId } = await application();
  const change = async (button, title) => {
    await page.goto(`${emulator.app}/app/apps/${appId}`);
    await visitor.button(button).click();
    await plan(visitor).getByRole('rowheader', { name: title }).waitFor();
    await carryOut(visitor);
    await visitor.untilRun('Done');
  };
  await change('Make multitenant', 'Let other tenants use it');
  assert.equal((await application()).signInAudience, 'AzureADMultipleOrgs');
  await change('Keep to this tenant', 'Keep it to this tenant');
  assert.equal((await application()).signInAudience, 'AzureADMyOrg');
  await change('Disable', 'Disable its service principal');
  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await page.getByText('Disabled: it can’t sign in').waitFor();
  await change('Bring back in line', 'Enable its service principal');

  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await visitor.button('Rename').click();
  await page.getByRole('textbox', { name: 'New name' }).fill('   ');
  await visitor.button('Show the plan').click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('textbox', { name: 'New name' }).fill('Weekly report');
  await visitor.button('Show the plan').click();
  await carryOut(visitor);
  await visitor.untilRun('Done');
  assert.equal((await application('Weekly report')).appId, appId);

  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await visitor.button('Edit notes').click();
  await visitor.button('Show the plan').click();
  await page.getByRole('alert').getByText('Change something first.').waitFor();
  await page.getByRole('textbox', { name: 'Notes' }).fill('Owned by Finance');
  await page.getByRole('textbox', { name: 'Service management reference' }).fill('CI-42');
  await visitor.checkScreen('edit-notes');
  await visitor.button('Show the plan').click();
  await page.getByText('Changed: notes “Owned by Finance”; service management reference “CI-42”').waitFor();
  await carryOut(visitor);
  await visitor.untilRun('Done');
  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await visitor.button('Edit notes').click();
  assert.equal(await page.getByRole('textbox', { name: 'Notes' }).inputValue(), 'Owned by Finance');
  assert.equal(await page.getByRole('textbox', { name: 'Service management reference' }).inputValue(), 'CI-42');

  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await visitor.button('Delete').click();
  await visitor.button('Carry out').click();
  await page.getByRole('alert').getByText('This is not its name.').waitFor();
  assert.equal((await application('Weekly report')).deleted, false);
  await page.getByRole('textbox', { name: /^Type the name/ }).fill('Weekly report');
  await carryOut(visitor);
  await visitor.untilRun('Done');
  assert.equal((await application('Weekly report')).deleted, true);
  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await visitor.button('Restore').click();
  await carryOut(visitor);
  await visitor.untilRun('Done');
  assert.equal((await application('Weekly report')).deleted, false);
  visitor.assertClean();
  await assertNoViolations(emulator, 'life');
  await visitor.leave();
});

test('on-premises settings are checked at the field, kept, and changed only from a User session', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  await visitor.button('On-premises settings').click();
  await page.getByRole('checkbox', { name: /^This tenant is hybrid/ }).check();
  await page.getByRole('textbox', { name: 'AD DS domain' }).fill('corp');
  await visitor.button('Save').click();
  await page.getByRole('alert').getByText(/DNS name of the domain/).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-invalid')), 'true');
  await visitor.checkScreen('on-premises');
  await page.getByRole('textbox', { name: 'AD DS domain' }).fill('corp.example.com');
  await page.getByRole('textbox', { name: 'Domain controller or LDAP server' }).fill('dc1.corp.example.com:636');
  await page.getByRole('textbox', { name: 'User name attribute' }).fill('userPrincipalName');
  await visitor.button('Save').click();
  await page.getByText('dc1.corp.example.com:636').waitFor();
  await page.reload();
  await page.getByText('dc1.corp.example.com:636').waitFor();
  await visitor.button('Use now').click();
  await page.getByText(/changed from a User session/).waitFor();
  assert.ok(await visitor.button('On-premises settings').isDisabled());
  assert.ok(await visitor.button('Rename').isDisabled());
  visitor.assertClean();
  await visitor.leave();
});

test('grants that can’t be read are not said to be missing', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await withSecret(visitor);
  const { appId } = await application();
  const refused = { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } } };
  for (const [path, then, said] of /** @type {const} */ ([
    [`/v1.0/servicePrincipals(appId='${appId}')`, refused, 'Reading the App session was refused'],
    ["/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')", refused, 'Reading the App session was refused'],
    ['/v1.0/servicePrincipals/*/appRoleAssignments', { status: 200, body: { value: [{ id: 7 }] } }, 'Reading the App session got an answer that this page can’t use.'],
  ])) {
    await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path }, then });
    await page.goto(`${emulator.app}/app/apps/${appId}`);
    await page.getByText(said).waitFor();
    assert.equal(await page.getByText(/missing/i).count(), 0, path);
    await emulator.control('DELETE', '/faults');
  }
  await visitor.button('Check current status').click();
  await page.getByText('Everything that was asked for is in place.').waitFor();
  visitor.assertClean();
  await visitor.leave();
});
