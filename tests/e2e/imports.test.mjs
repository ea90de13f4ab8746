// What comes in a file or a link: a history is read and nothing of it is carried out; a blueprint fills the wizard, asks before it
// replaces what was typed, and waits for a tick where it could do harm.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Visitor, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
const GLOBAL_ADMINISTRATOR = { id: '62e90394-69f5-4237-9190-012177145e10', name: 'Global Administrator' };
const FOREIGN = 'deadbeef-0000-4000-8000-00000000beef';

/** Writes that reached the directory. */
const writes = async () => {
  const requests = await emulator.control('GET', '/requests');
  return requests.filter(({ method, path }) => method !== 'GET' && /^\/(v1\.0|beta)\//.test(path) && !path.endsWith('/$batch'));
};

const buttonsOf = (page) => page.getByRole('main').getByRole('button').allInnerTexts();

test('an imported history is read, exported and removed, and nothing in it can be pressed into a write', async () => {
  const maker = await Visitor.arrive(browser, emulator);
  await maker.signIn('admin@partner.example');
  await maker.fillWizard();
  await maker.button('Create').click();
  await maker.takeSecret();
  await maker.page.getByRole('link', { name: 'History' }).click();
  const [download] = await Promise.all([maker.page.waitForEvent('download'), maker.button('Export history').click()]);
  const history = JSON.parse(readFileSync(await download.path(), 'utf8'));
  await maker.leave();

  // What somebody makes of it: a run that stands before the grant of a role to another application, and one that failed there.
  const [real] = history.runs;
  const hostile = (id, state) => {
    const run = structuredClone(real);
    const role = { ...run.steps[0], step: { kind: 'assignRole', role: GLOBAL_ADMINISTRATOR }, state, applied: false, intended: false };
    return { ...run, id, origin: 'here', cancelled: false, ended: null, facts: { ...run.facts, servicePrincipal: FOREIGN }, blueprint: { ...run.blueprint, roles: [GLOBAL_ADMINISTRATOR] }, steps: [...run.steps, role] };
  };
  const failed = hostile('22222222-3b7f-4f6e-8d21-90ab12cd34ef', 'failed');
  const runs = [real, hostile('11111111-3b7f-4f6e-8d21-90ab12cd34ef', 'pending'), failed];
  const session = history.sessions.find((record) => record.session.kind === 'app');
  const stranger = structuredClone(session);
  stranger.session.appId = FOREIGN;
  stranger.session.name = 'Payroll';
  const file = JSON.stringify({ ...history, sessions: [...history.sessions, stranger], runs });

  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  await page.getByRole('link', { name: 'History' }).click();
  const take = (text) => page.getByLabel('Import history').setInputFiles({ name: 'history.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await take(`{"latchkey": 1, "sessions": ${'['.repeat(5000)}${']'.repeat(5000)}}`);
  await page.getByRole('alert').getByText('brackets nest too deep').waitFor();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  const large = join(folder, 'history.json');
  writeFileSync(large, '');
  truncateSync(large, 33 * 1024 * 1024);
  await page.getByLabel('Import history').setInputFiles(large);
  await page.getByRole('alert').getByText('larger than 32 MB, so it was not opened').waitFor();
  rmSync(folder, { recursive: true });
  await take(file);
  await page.getByText('3 runs', { exact: true }).waitFor();
  await visitor.checkScreen('history-imported');
  assert.ok((await writes()).length > 3, 'what the first browser wrote is noted');
  await emulator.control('DELETE', '/requests');
  const { roleAssignments, applications } = await tenantNamed(emulator, 'partner.example');
  for (const run of runs) {
    await page.goto(`${emulator.app}/app/run/${run.id}`);
    await page.getByText('This run came in a file, so it can only be read').waitFor();
    const buttons = ['Make a new plan from it', 'Export evidence', 'Print', 'Remove from this browser'];
    assert.deepEqual(await buttonsOf(page), buttons);
    assert.equal(await page.getByRole('main').getByRole('textbox').count(), 0, 'no address and no command to copy');
    await page.reload();
    await page.getByText('This run came in a file, so it can only be read').waitFor();
    assert.deepEqual(await buttonsOf(page), buttons);
  }
  await visitor.checkScreen('run-imported');
  const [evidence] = await Promise.all([page.waitForEvent('download'), visitor.button('Export evidence').click()]);
  assert.match(JSON.parse(readFileSync(await evidence.path(), 'utf8')).origin, /^read from a file/);
  assert.deepEqual(await writes(), []);
  const after = await tenantNamed(emulator, 'partner.example');
  assert.deepEqual([after.roleAssignments, after.applications], [roleAssignments, applications]);

  // A record of another application: it says what differs, and offers nothing.
  await page.goto(emulator.app);
  const card = page.getByRole('article', { name: 'Harbour Lane Partners · Payroll' });
  assert.equal(await card.getByRole('status').innerText(), 'From a file');
  await card.getByRole('button', { name: 'Compare with the tenant' }).click();
  await page.getByText('has no app registration with this client ID').waitFor();
  assert.deepEqual(await buttonsOf(page), ['Compare again', 'Remove']);
  assert.equal(await page.getByText(/connect|consent url/i).count(), 0);
  await visitor.checkScreen('app-session-differs');
  await visitor.button('Remove').click();
  await page.getByText('Removed from this list.').waitFor();
  // The one that the tenant has as the file says becomes one of this browser.
  await page.getByRole('article', { name: /Nightly report/ }).getByRole('button', { name: 'Compare with the tenant' }).click();
  await page.getByText('Everything that was asked for is in place.').waitFor();
  await visitor.button('Rotate secret').waitFor();
  assert.deepEqual(await writes(), []);

  // A new plan from a run goes through the wizard, with every name looked up here and every risk unticked.
  await page.goto(`${emulator.app}/app/run/${failed.id}`);
  await visitor.button('Make a new plan from it').click();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Nightly report');
  await visitor.next();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('User.Read.All (application)').waitFor({ timeout: 30_000 });
  for (let step = 0; step < 3; step += 1) await visitor.next();
  await page.getByText('Filled from a run that can only be read').waitFor();
  const role = page.getByRole('checkbox', { name: 'Directory role Global Administrator for the application' });
  await role.waitFor({ timeout: 30_000 });
  assert.equal(await role.isChecked(), false);
  assert.equal(await page.getByRole('table', { name: 'Plan' }).getByText('Global Administrator').count(), 0);

  await page.goto(`${emulator.app}/app/run/${failed.id}`);
  await visitor.button('Remove from this browser').click();
  await page.getByText('2 runs', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('2 runs', { exact: true }).waitFor();
  assert.deepEqual(await writes(), []);
  visitor.assertClean();
  await visitor.leave();
});

test('a blueprint link asks before it replaces what was typed, also after a reload, and names what waits', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  const document = {
    latchkeyBlueprint: 1,
    kind: 'appSession',
    name: 'Sent by somebody',
    audience: 'multiTenant',
    redirectUris: ['https://evil.example.com/take'],
    permissions: [{ resource: '00000003-0000-0000-c000-000000000000', delegated: ['Calendars.Read', 'User.Read'] }],
    credential: { type: 'secret', days: 730 },
    directoryRoles: ['Global Administrator'],
  };
  const link = `${emulator.app}/app/new#blueprint=${Buffer.from(JSON.stringify(document)).toString('base64url')}`;
  const name = page.getByRole('textbox', { name: 'Name' });
  const question = page.getByRole('alert').getByText('Here stands what you typed: “My own report”. It would be replaced by what is called “Sent by somebody”.');
  await visitor.openWizard();
  await name.fill('My own report');
  await page.goto(link);
  await question.waitFor();
  await page.reload();
  await question.waitFor();
  await visitor.checkScreen('link-asks');
  await visitor.button('Keep what I typed').click();
  assert.equal(await name.inputValue(), 'My own report');
  await page.goto(link);
  await visitor.button('Replace it').click();
  assert.equal(await name.inputValue(), 'Sent by somebody');
  assert.ok(await page.getByRole('radio', { name: 'This tenant only' }).isChecked());
  await visitor.next();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('User.Read (delegated)').waitFor({ timeout: 30_000 });
  for (let step = 0; step < 3; step += 1) await visitor.next();
  const asked = page.getByRole('list', { name: 'Asked for from outside' });
  for (const words of ['any tenant that consents', '730 days', 'evil.example.com', 'Global Administrator', 'Calendars.Read (delegated), for everybody in this tenant']) {
    assert.equal(await asked.getByRole('checkbox', { name: words }).isChecked(), false, words);
  }
  const plan = page.getByRole('table', { name: 'Plan' });
  await plan.waitFor();
  assert.equal(await plan.getByText('Calendars.Read').count(), 0);
  await asked.getByRole('checkbox', { name: '730 days' }).check();
  await plan.getByText('a client secret for 730 days').waitFor();
  await asked.getByRole('checkbox', { name: '730 days' }).uncheck();
  await plan.getByText('a client secret for 180 days').waitFor();
  await visitor.checkScreen('link-review');
  visitor.assertClean();
  await visitor.leave();
});
