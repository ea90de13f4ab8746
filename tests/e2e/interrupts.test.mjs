// Reload, Back, double click, two tabs, lost answers, an expired token, no storage: nothing is made twice, nothing typed is lost.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ALL, Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

const made = async () => (await tenantNamed(emulator, 'partner.example')).applications.filter((app) => app.displayName === 'Nightly report');

const assertMadeOnce = async (name) => {
  const apps = await made();
  assert.equal(apps.length, 1, 'one application');
  assert.equal(apps[0].passwordCredentials.length, 1, 'one credential');
  await assertNoViolations(emulator, name);
};

const gestures = {
  'a reload': (page) => page.reload(),
  'Back and Forward': async (page) => {
    const here = page.url();
    await page.goBack();
    await page.waitForURL((url) => url.href !== here);
    await page.goForward();
    await page.waitForURL(here);
  },
};

test('nothing typed is lost at any step of the wizard, whatever the gesture', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ roles: ['Exchange Administrator'] });
  for (const step of ['Review', 'Roles', 'Credential', 'Permissions', 'Name']) {
    for (const gesture of Object.values(gestures)) {
      await page.getByRole('region', { name: step }).waitFor();
      await gesture(page);
    }
    await page.getByRole('region', { name: step }).waitFor();
    if (step !== 'Name') await visitor.button('Back').click();
  }
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Nightly report');
  for (let step = 0; step < 4; step += 1) await visitor.next();
  for (const text of ['User.Read.All', 'Calendars.Read', 'Exchange Administrator']) await page.getByRole('table').getByText(text).first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('nothing typed is lost on reload, Back and Forward in the wizard', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.openWizard();
  await visitor.next();
  await page.getByText('Enter a name for the application.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  await page.reload();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Nightly report');
  await visitor.next();
  await visitor.next();
  await page.getByText('Choose at least one permission.').waitFor();
  await visitor.choosePermission('User.Read.All (application)');
  await page.reload();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('User.Read.All (application)').waitFor();
  await page.goBack();
  await page.goForward();
  await page.getByRole('list', { name: 'Chosen permissions' }).getByText('User.Read.All (application)').waitFor();
  await visitor.next();
  await visitor.button('Back').click();
  await visitor.page.getByRole('list', { name: 'Chosen permissions' }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

// Each gesture after each single request of the run is the full matrix; a sample of it, drawn by the seed, runs every time.
const SEED = Number(process.env.LATCHKEY_SEED ?? 1);
const moments = Array.from({ length: 30 }, (_, index) => index + 1);
const sampled = (index) => ALL || (index * 7 + SEED) % 15 === 0;
const matrix = Object.entries(gestures).flatMap(([name, gesture]) => moments.map((moment) => ({ name, gesture, moment })));
for (const { name, gesture, moment } of matrix.filter((_, index) => sampled(index))) {
  test(`${name} after request ${moment} of the run`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    const { page } = visitor;
    await visitor.signIn('admin@partner.example');
    await visitor.fillWizard({ roles: ['Exchange Administrator'] });
    await emulator.control('DELETE', '/requests');
    let batches = 0;
    const reached = new Promise((resolve) => {
      page.on('request', (request) => {
        if (request.url().endsWith('/$batch')) batches += 1;
        if (batches === moment) resolve();
      });
    });
    await visitor.button('Create').click();
    await page.waitForURL('**/app/run/*');
    await Promise.race([reached, visitor.untilRun('Needs you')]);
    await gesture(page);
    await visitor.takeSecret();
    await assertMadeOnce(`${name.split(' ').pop().toLowerCase()}-${moment}`);
    visitor.assertClean();
    await visitor.leave();
  });
}

test('a double click on everything makes nothing twice and passes over no step', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.openWizard();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  const here = (step) => page.getByRole('region', { name: step }).waitFor();
  await visitor.button('Next').dblclick();
  await here('Permissions');
  await visitor.choosePermission('User.Read.All (application)');
  await visitor.button('Next').dblclick();
  await here('Credential');
  await visitor.button('Next').dblclick();
  await here('Roles');
  await visitor.button('Back').dblclick();
  await here('Credential');
  await visitor.button('Next').dblclick();
  await here('Roles');
  await visitor.button('Next').dblclick();
  await here('Review');
  await page.getByRole('table').waitFor();
  await visitor.button('Create').dblclick();
  await visitor.button('Show secret').dblclick({ timeout: 45_000 });
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor();
  await visitor.button('I have saved it').dblclick();
  await visitor.untilRun('Done');
  await visitor.button('Use now').dblclick();
  await page.getByRole('heading', { name: 'Nightly report', level: 1 }).waitFor();
  await assertMadeOnce('double-click');
  visitor.assertClean();
  await visitor.leave();
});

test('a secret that was shown but not saved is lost with the page, and is replaced', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.button('Show secret').click({ timeout: 45_000 });
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor();
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await page.getByText('The credential exists, its value is lost.').waitFor();
  await visitor.checkScreen('run-secret-lost');
  await visitor.button('Replace secret').click();
  const box = page.getByRole('textbox', { name: 'Client secret value' });
  await box.waitFor({ timeout: 45_000 });
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  await assertMadeOnce('lost-secret');
  await visitor.assertNoMarks();
  visitor.assertClean();
  await visitor.leave();
});

test('the answer that carries the secret gets lost: the run says so and ends with one live credential', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.button('Show secret').waitFor({ timeout: 45_000 });
  // Chromium repeats a request by itself when a used connection ends, so the answer is taken away behind its back.
  let lost = 0;
  await visitor.page.route('**/$batch', async (route) => {
    if (lost > 0 || !route.request().postData().includes('addPassword')) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort('connectionreset');
  });
  await visitor.button('Show secret').click();
  await visitor.button('Replace secret').click({ timeout: 45_000 });
  await visitor.page.getByRole('textbox', { name: 'Client secret value' }).waitFor({ timeout: 45_000 });
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  await assertMadeOnce('lost-answer');
  visitor.assertClean();
  await visitor.leave();
});

test('two tabs: one runs, the other watches', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.page.getByRole('checkbox', { name: /Keep me signed in/ }).check();
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  const second = await visitor.open(new URL(visitor.page.url()).pathname);
  await second.getByText('This run goes on in another tab.').waitFor();
  await visitor.takeSecret();
  await second.getByRole('status', { name: 'Run', exact: true }).getByText('Done', { exact: true }).waitFor();
  await assertMadeOnce('two-tabs');
  visitor.assertClean();
  await visitor.leave();
});

test('a token that expires in the middle is renewed, a sign-in that ended is asked for', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.clock.install();
  const advance = async (seconds) => {
    await emulator.control('POST', '/clock', { advanceSeconds: seconds });
    await visitor.context.clock.fastForward(seconds * 1000);
  };
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await advance(5400);
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  await advance(86_400);
  await visitor.button('Show secret').click();
  await visitor.untilRun('Paused');
  await visitor.checkScreen('run-paused');
  await visitor.button('Sign in').click();
  await visitor.takeSecret();
  await assertMadeOnce('expired');
  visitor.assertClean();
  await visitor.leave();
});

test('Cancel stops before the next write, and Resume goes on', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await emulator.control('POST', '/faults', { match: { method: 'PATCH', path: "/v1.0/servicePrincipals(appId='*')" }, then: { delayMs: 1500 } });
  await visitor.button('Create').click();
  await visitor.step('Create its service principal').getByText('Running').waitFor();
  await visitor.button('Cancel').click();
  await visitor.untilRun('Cancelled');
  const requests = await emulator.control('GET', '/requests');
  assert.ok(!requests.some((entry) => entry.path.endsWith('/appRoleAssignedTo')), 'nothing is granted after Cancel');
  await visitor.checkScreen('run-cancelled');
  await visitor.page.goto(emulator.app);
  await visitor.page.getByRole('link', { name: /Nightly report in Harbour Lane Partners/ }).click();
  await visitor.button('Resume').click();
  await visitor.takeSecret();
  await assertMadeOnce('cancelled');
  visitor.assertClean();
  await visitor.leave();
});

test('a run is said to be done when it can be found again, not before', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ credential: 'No credential' });
  // A storage that takes its time with the records of sessions.
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function slow(...values) {
      if (this.name === 'sessions') for (let look = 0; look < 30_000; look += 1) this.count();
      return put.apply(this, values);
    };
  });
  await visitor.button('Create').click();
  await visitor.untilRun('Done');
  await page.goto(emulator.app);
  await page.getByRole('article', { name: /Nightly report/ }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('a refusal says what, why, who and what now, with the id to quote', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ roles: ['Exchange Administrator'] });
  const denied = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' } };
  await emulator.control('POST', '/faults', { match: { method: 'POST', path: '/v1.0/roleManagement/directory/roleAssignments' }, then: { status: 403, body: denied } });
  await visitor.button('Create').click();
  await visitor.untilRun('Failed');
  await visitor.page.getByText('Adding the role Exchange Administrator was refused: you may not do that in this tenant.').waitFor();
  await visitor.page.getByText('Details', { exact: true }).click();
  assert.match(await visitor.page.locator('.notice pre').innerText(), /Request id: [0-9a-f-]{36}/);
  await visitor.checkScreen('run-failed');
  await visitor.button('Retry').click();
  await visitor.takeSecret();
  await assertMadeOnce('refused');
  visitor.assertClean();
  await visitor.leave();
});

test('an answer used twice, forged or without a sign-in asks for no token', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const answers = [];
  page.on('framenavigated', (frame) => answers.push(frame.url()));
  await page.goto(`${emulator.app}/auth#code=stolen&state=forged`);
  await page.getByText('This sign-in is finished already, or belongs to another tab.').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  const tokens = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/token')).length;
  assert.equal(await tokens(), 0);
  await visitor.signIn('admin@partner.example');
  const redeemed = await tokens();
  const used = answers.find((url) => url.includes('/auth#code='));
  if (used) await page.goto(used);
  else await page.goto(`${emulator.app}/auth#code=again&state=again`);
  await page.getByRole('article').first().waitFor();
  assert.equal(await tokens(), redeemed, 'a second load redeems nothing');
  visitor.assertClean();
  await visitor.leave();
});

test('without storage the whole wizard still works, and the page says what that means', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  });
  await visitor.signIn('admin@partner.example');
  await visitor.page.getByText('nothing is kept after this visit').waitFor();
  await visitor.checkScreen('memory-only');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.takeSecret();
  await assertMadeOnce('memory-only');
  visitor.assertClean();
  await visitor.leave();
});
