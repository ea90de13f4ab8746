// Who may work with App sessions, and the history of what was done.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', { customers: 60 }));

const arrive = async (upn) => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn(upn);
  return visitor;
};

const carryOut = async (visitor) => {
  await visitor.page.getByRole('region', { name: 'Plan' }).getByText('Harbour Lane Partners').waitFor();
  await visitor.button('Carry out').click();
  await visitor.untilRun('Done');
};

test('a Global Administrator without access gives it to others and to a group, sees since when, and takes it back', async () => {
  const visitor = await arrive('boss@partner.example');
  const { page } = visitor;
  await page.getByText('You do not have access to App sessions.').waitFor();
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  const list = page.getByRole('list', { name: 'Who has access' });
  await list.getByText('AppSessions.Manage').first().waitFor();
  await visitor.button('OK').click();
  await page.getByRole('alert').getByText(/add them to the selection first/).waitFor();
  const search = page.getByRole('searchbox', { name: 'Search users' });
  await search.fill('boss');
  await page.getByRole('listitem').filter({ hasText: 'boss@partner.example' }).getByRole('button', { name: 'Add to selection', exact: true }).click();
  await search.fill('GDAP');
  await page.getByRole('listitem').filter({ hasText: 'GDAP Technicians' }).getByRole('button', { name: 'Add to selection', exact: true }).click();
  await visitor.checkScreen('access');
  const writes = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.origin === 'graph' && entry.method !== 'GET' && !entry.path.endsWith('$batch'));
  assert.deepEqual(await writes(), []);
  await visitor.button('OK').click();
  await carryOut(visitor);
  await page.getByRole('link', { name: 'Who has access' }).click();
  await list.getByText('GDAP Technicians').waitFor();
  await list.getByText(/since/).first().waitFor();
  // A fresh token was asked for: the person's own new role is felt at once.
  await page.getByRole('link', { name: 'Recent sessions' }).click();
  await visitor.button('Create App session').click();
  await page.getByRole('heading', { name: 'What do you want to set up?' }).waitFor();
  await page.goto(`${emulator.app}/app/access`);
  await visitor.button('Remove AppSessions.Access from GDAP Technicians').click();
  await carryOut(visitor);
  const { servicePrincipals, appRoleAssignments } = await tenantNamed(emulator, 'partner.example');
  const own = servicePrincipals.find((principal) => principal.displayName === 'Latchkey');
  assert.ok(!appRoleAssignments.some((one) => one.resourceId === own.id && one.principalDisplayName === 'GDAP Technicians'));
  visitor.assertClean();
  await assertNoViolations(emulator, 'access');
  await visitor.leave();
});

test('a search that finds more people than a page holds shows the first and reads no further', async () => {
  const objects = Array.from({ length: 45 }, (_, at) => ({ type: 'user', userPrincipalName: `many${at}@partner.example`, displayName: `Many ${at}` }));
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects });
  const visitor = await arrive('boss@partner.example');
  const { page } = visitor;
  await page.goto(`${emulator.app}/app/access`);
  await page.getByRole('searchbox', { name: 'Search users' }).fill('many');
  await page.getByText('The first 20 are shown. Type more of the name to find others.').waitFor();
  const asked = (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/users') && entry.query.includes('many'));
  assert.equal(asked.length, 1, 'one page');
  await page.getByRole('searchbox', { name: 'Search users' }).fill('many44');
  await page.getByText('1 found').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('whoever neither manages nor administers sees who has access and changes nothing', async () => {
  const visitor = await arrive('reader@partner.example');
  const { page } = visitor;
  await page.goto(`${emulator.app}/app/access`);
  await page.getByText('You can see who has access, but not change it.').waitFor();
  assert.equal(await page.getByRole('searchbox', { name: 'Search users' }).count(), 0);
  assert.ok(await visitor.button('Require an assignment').isDisabled());
  visitor.assertClean();
  await visitor.leave();
});

test('app roles that are missing are defined by a plan that is confirmed by name; an assignment can be required', async () => {
  const { applications, servicePrincipals } = await tenantNamed(emulator, 'partner.example');
  const registered = applications.find((app) => app.displayName === 'Latchkey');
  const own = servicePrincipals.find((principal) => principal.displayName === 'Latchkey');
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects: [{ type: 'roles', application: registered.id, servicePrincipal: own.id, appRoles: [] }] });
  const visitor = await arrive('boss@partner.example');
  const { page } = visitor;
  await page.goto(`${emulator.app}/app/access`);
  await visitor.button('Define the app roles').click();
  await visitor.button('Carry out').click();
  await page.getByRole('alert').getByText('This is not its name.').waitFor();
  await page.getByRole('textbox', { name: /^Type the name/ }).fill('Latchkey');
  await carryOut(visitor);
  await page.getByRole('link', { name: 'Who has access' }).click();
  await visitor.button('Require an assignment').click();
  await carryOut(visitor);
  await page.getByRole('link', { name: 'Who has access' }).click();
  await page.getByText('Only people with a role of this page can sign in to it.').waitFor();
  visitor.assertClean();
  await assertNoViolations(emulator, 'define-roles');
  await visitor.leave();
});

test('T40: the history is searched, exported as evidence, and taken to another browser without any secret', async () => {
  const visitor = await arrive('admin@partner.example');
  const { page } = visitor;
  await visitor.fillWizard();
  await visitor.button('Create').click();
  const secret = await visitor.takeSecret();
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('list', { name: 'Credentials that end' }).getByText('Nightly report').waitFor();
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('nothing like it');
  await page.getByText('0 runs').waitFor();
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('harbour nightly');
  await page.getByText('1 run', { exact: true }).waitFor();
  await visitor.checkScreen('history');
  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), visitor.button(name).click()]);
    return readFileSync(await download.path(), 'utf8');
  };
  const evidence = JSON.parse(await save('Export evidence of Nightly report'));
  assert.equal(evidence.by.username, 'admin@partner.example');
  assert.ok(evidence.steps.every((step) => step.result === 'Done'), JSON.stringify(evidence.steps));
  assert.match(await save('Export calendar'), /SUMMARY:The credential of Nightly report ends\r\n/);
  assert.match(await save('Export CSV'), /"Nightly report"/);
  const file = await save('Export history');
  for (const text of [JSON.stringify(evidence), file]) assert.ok(!text.includes(secret));

  const other = await arrive('admin@partner.example');
  await other.page.goto(`${emulator.app}/app/history`);
  const take = (text) => other.page.getByLabel('Import history').setInputFiles({ name: 'history.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await take('{"latchkey": 1,\n"exported": 5}');
  await other.page.getByRole('alert').getByText(/line 2/).waitFor();
  await take(file);
  await other.page.getByRole('link', { name: 'Nightly report' }).first().waitFor();
  await other.page.goto(emulator.app);
  await other.page.getByRole('article', { name: /Nightly report/ }).waitFor();
  visitor.assertClean();
  other.assertClean();
  await visitor.leave();
  await other.leave();
});
