// Reload, Back, double click, two tabs, lost answers, an expired token, no storage: nothing is made twice, nothing typed is lost.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ALL, SEED, Visitor, assertNoViolations, sample, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

const made = async () => (await tenantNamed(emulator, 'partner.example')).applications.filter((app) => app.displayName === 'Nightly report');

const assertMadeOnce = async (name) => {
  const apps = await made();
  assert.equal(apps.length, 1, 'one application');
  assert.equal(apps[0].passwordCredentials.length, 1, 'one credential');
  await assertNoViolations(emulator, name);
};

/** What people do to a page. Each gets the page and returns the one that goes on. */
const gestures = {
  'a reload': async (page) => {
    await page.reload();
    return page;
  },
  'Back and Forward': async (page) => {
    const here = page.url();
    await page.goBack();
    await page.waitForURL((url) => url.href !== here);
    await page.goForward();
    await page.waitForURL(here);
    return page;
  },
  'a way to another site and Back': async (page) => {
    const here = page.url();
    await page.goto('about:blank');
    await page.goBack();
    await page.waitForURL(here);
    return page;
  },
  'a copy of the tab': async (page, visitor) => {
    const kept = await page.evaluate(() => Object.entries(sessionStorage));
    const copy = await visitor.open('/404.html');
    await copy.evaluate((entries) => entries.forEach(([name, value]) => sessionStorage.setItem(name, value)), kept);
    await copy.goto(page.url());
    await copy.getByRole('heading', { level: 1 }).waitFor();
    await copy.close();
    return page;
  },
  'closing the tab and opening another': async (page, visitor) => {
    const [here, kept] = [page.url(), await page.evaluate(() => Object.entries(sessionStorage))];
    await page.close({ runBeforeUnload: false });
    // As a browser opens the last closed tab again: with its address and what was kept in it.
    const again = await visitor.open('/404.html');
    await again.evaluate((entries) => entries.forEach(([name, value]) => sessionStorage.setItem(name, value)), kept);
    await again.goto(here);
    return again;
  },
};

/** A press of Enter that lasts, as a keyboard repeats it. */
const hold = async (locator) => {
  await locator.focus();
  for (let time = 0; time < 6; time += 1) await locator.page().keyboard.down('Enter');
  await locator.page().keyboard.up('Enter');
};

console.log(`interruptions, LATCHKEY_SEED=${SEED}`);

for (const [name, gesture] of ALL ? Object.entries(gestures) : sample(Object.entries(gestures), 2, SEED)) {
  test(`F59: nothing typed is lost at any step of the wizard by ${name}`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    await visitor.signIn('admin@partner.example');
    await visitor.fillWizard({ roles: ['Exchange Administrator'] });
    for (const step of ['Review', 'Roles', 'Credential', 'Permissions', 'Name']) {
      await visitor.page.getByRole('region', { name: step }).waitFor();
      visitor.page = await gesture(visitor.page, visitor);
      await visitor.page.getByRole('region', { name: step }).waitFor();
      if (step !== 'Name') await visitor.button('Back').click();
    }
    const { page } = visitor;
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Nightly report');
    for (let step = 0; step < 4; step += 1) await visitor.next();
    for (const text of ['User.Read.All', 'Calendars.Read', 'Exchange Administrator']) await page.getByRole('table').getByText(text).first().waitFor();
    visitor.assertClean();
    await visitor.leave();
  });
}

test('F59: nothing typed is lost on reload, Back and Forward in the wizard', async () => {
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

// Each gesture at each moment of the run is the full matrix: when one of its requests has left, when the answer is there, and when it
// needs the person. A sample of it, another one in each run, is drawn by the seed. Eight requests is what the run takes at least.
const moments = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((number) => ['request', 'response'].map((event) => ({ event, number }))),
  { event: 'request', number: Infinity },
];
const matrix = Object.entries(gestures).flatMap(([name, gesture]) => moments.map((moment) => ({ name, gesture, ...moment })));
for (const { name, gesture, event, number } of ALL ? matrix : sample(matrix, 5, SEED)) {
  const moment = number === Infinity ? 'when it needs the person' : `after ${event} ${number}`;
  test(`F59: in a run, ${name} ${moment}`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    await visitor.signIn('admin@partner.example');
    await visitor.fillWizard({ roles: ['Exchange Administrator'] });
    await emulator.control('DELETE', '/requests');
    let batches = 0;
    const isIt = (message) => {
      if (message.url().endsWith('/$batch')) batches += 1;
      return batches === number;
    };
    const reached = event === 'request' ? visitor.page.waitForRequest(isIt, { timeout: 0 }) : visitor.page.waitForResponse(isIt, { timeout: 0 });
    await visitor.button('Create').click();
    await visitor.page.waitForURL('**/app/run/*');
    await Promise.race([reached, visitor.untilRun('Needs you')]);
    visitor.page = await gesture(visitor.page, visitor);
    await visitor.takeSecret();
    await assertMadeOnce(`${name.split(' ').pop().toLowerCase()}-${event}-${number}`);
    visitor.assertClean();
    await visitor.leave();
  });
}

test('F59: Enter held down on everything makes nothing twice and passes over no step', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.openWizard();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  const here = (step) => page.getByRole('region', { name: step }).waitFor();
  await hold(visitor.button('Next'));
  await here('Permissions');
  await visitor.choosePermission('User.Read.All (application)');
  for (const step of ['Credential', 'Roles', 'Review']) {
    await hold(visitor.button('Next'));
    await here(step);
  }
  await page.getByRole('table').waitFor();
  await hold(visitor.button('Create'));
  await visitor.button('Show secret').waitFor({ timeout: 45_000 });
  await hold(visitor.button('Show secret'));
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor();
  await hold(visitor.button('I have saved it'));
  await visitor.untilRun('Done');
  await assertMadeOnce('enter-held');
  visitor.assertClean();
  await visitor.leave();
});

test('F59: a double click on everything makes nothing twice and passes over no step', async () => {
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

test('T18, T03: a secret that was shown but not saved is lost with the page, and is replaced', async () => {
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

test('F02, F03: the answer that carries the secret gets lost: the run says so and ends with one live credential', async () => {
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

test('F59: two tabs: one runs, the other watches', async () => {
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

test('F34, F35: a token that expires in the middle is renewed, a sign-in that ended is asked for once, for whom and where it was', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.clock.install();
  // Nobody touches the page for longer than it would stay open.
  await visitor.limit({ idleMinutes: 480 });
  const advance = async (seconds) => {
    await emulator.control('POST', '/clock', { advanceSeconds: seconds });
    await visitor.context.clock.fastForward(seconds * 1000);
  };
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await advance(5400);
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  await emulator.control('POST', '/faults', { match: { origin: 'login', method: 'POST', path: '/*/oauth2/v2.0/token' }, then: { aadsts: 700084 } });
  await advance(5400);
  await visitor.button('Show secret').click();
  await visitor.untilRun('Paused');
  await visitor.checkScreen('run-paused');
  const run = visitor.page.url();
  const asked = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/authorize'));
  const before = (await asked()).length;
  await visitor.button('Sign in').click();
  await visitor.takeSecret();
  assert.equal(visitor.page.url(), run, 'back at the run');
  const questions = (await asked()).slice(before);
  const { id } = await tenantNamed(emulator, 'partner.example');
  assert.equal(questions.length, 1, 'asked once');
  assert.ok(questions[0].path.startsWith(`/${id}/`) && questions[0].query.includes('login_hint='), questions[0].query);
  await assertMadeOnce('expired');
  visitor.assertClean();
  await visitor.leave();
});

test('F36, F37: a challenge in mid-run is answered by one sign-in, and the run goes on by itself; a second in a row stops with words', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const challenged = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/authorize') && entry.query.includes('acrs')).length;
  await visitor.signIn('admin@partner.example');
  for (const [value, ends] of [['inner', 'Needs you'], ['always', 'Paused']]) {
    await emulator.control('POST', '/quirks', { 'claims-challenge': value });
    const before = await challenged();
    await page.goto(emulator.app);
    await visitor.fillWizard({ name: `Challenged ${value}` });
    const leaves = page.waitForRequest((request) => new URL(request.url()).pathname.endsWith('/authorize'), { timeout: 45_000 });
    await visitor.button('Create').click();
    // The run is paused, too, while the page leaves.
    await leaves;
    await visitor.untilRun(ends);
    assert.equal((await challenged()) - before, 1, `${value}: one sign-in`);
  }
  await page.getByText('asked twice for the same proof, although you signed in for it.').waitFor();
  await visitor.checkScreen('run-challenged-twice');
  // When the policy lets go, the run goes on where it stopped.
  await emulator.control('POST', '/quirks', { 'claims-challenge': 'off' });
  await visitor.button('Try again').click();
  await visitor.takeSecret();
  const { applications } = await tenantNamed(emulator, 'partner.example');
  for (const name of ['Challenged inner', 'Challenged always']) assert.equal(applications.filter((app) => app.displayName === name).length, 1, name);
  visitor.assertClean();
  await visitor.leave();
});

test('F05: Cancel stops a request under way before the next write, and Resume goes on', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await emulator.control('POST', '/faults', { match: { method: 'PATCH', path: "/v1.0/servicePrincipals(appId='*')" }, then: { delayMs: 1500 } });
  await visitor.button('Create').click();
  await visitor.step('Create its service principal').getByText('Running').waitFor();
  await visitor.button('Cancel').click();
  await visitor.untilRun('Canceled');
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

test('F21: a refusal says what, why, who and what now, and Retry asks for a fresh token and tries once more', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ roles: ['Exchange Administrator'] });
  const denied = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' } };
  await emulator.control('POST', '/faults', { match: { method: 'POST', path: '/v1.0/roleManagement/directory/roleAssignments' }, then: { status: 403, body: denied } });
  await visitor.button('Create').click();
  await visitor.untilRun('Failed');
  await visitor.page.getByText('Adding the role Exchange Administrator was refused: you may not do that in this tenant.').waitFor();
  await visitor.page.getByText('It needs the role Privileged Role Administrator. If you have just activated it, press Retry').waitFor();
  await visitor.page.getByText('Details', { exact: true }).click();
  assert.match(await visitor.page.locator('.notice pre').innerText(), /Request ID: [0-9a-f-]{36}/);
  await visitor.checkScreen('run-failed');
  const count = async (path, method) => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith(path) && entry.method === method).length;
  const [tokens, assigned] = [await count('/token', 'POST'), await count('/roleAssignments', 'POST')];
  await visitor.button('Retry').click();
  await visitor.takeSecret();
  assert.equal((await count('/token', 'POST')) - tokens, 1, 'a fresh token, once');
  assert.equal((await count('/roleAssignments', 'POST')) - assigned, 1, 'the step, once');
  await assertMadeOnce('refused');
  visitor.assertClean();
  await visitor.leave();
});

test('F31, T05: an answer used twice, forged or without a sign-in asks for no token', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  // The answer as Microsoft's page sends it, before this page takes it out of the address.
  const answers = [];
  page.on('response', (response) => response.url().startsWith(emulator.login) && answers.push(response.headers().location ?? ''));
  await page.goto(`${emulator.app}/auth#code=stolen&state=forged`);
  await page.getByText('This sign-in is finished already, or belongs to another tab.').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  const tokens = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/token')).length;
  assert.equal(await tokens(), 0);
  await visitor.signIn('admin@partner.example');
  const redeemed = await tokens();
  const used = answers.find((url) => url.startsWith(`${emulator.app}/auth#`) && url.includes('code='));
  assert.ok(used, 'the answer was seen on its way');
  const parts = new URLSearchParams(new URL(used).hash.slice(1));
  const [code, state] = [parts.get('code'), parts.get('state')];
  assert.ok(code && state);
  // Again, in this tab and in another; without its state, with another, and with two.
  const other = await visitor.open();
  for (const [tab, fragment] of [[page, new URL(used).hash.slice(1)], [other, new URL(used).hash.slice(1)], [page, `code=${code}`], [page, `code=${code}&state=another`], [page, `code=${code}&state=${state}&state=${state}`]]) {
    await tab.goto('about:blank');
    await tab.goto(`${emulator.app}/auth#${fragment}`);
    await tab.getByRole('heading', { level: 1 }).waitFor();
    await tab.waitForFunction(() => location.hash === '' && document.querySelector('#shell') === null);
    await tab.getByRole('article').first().waitFor();
    assert.equal(await tokens(), redeemed, `a second load redeems nothing: ${fragment.replace(code, '…')}`);
  }
  visitor.assertClean();
  await visitor.leave();
});

test('what is being undone does not go on: not in this tab, and not in another one that had it open', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await page.getByRole('checkbox', { name: /Keep me signed in/ }).check();
  await visitor.fillWizard({ name: 'Taken back' });
  await emulator.control('POST', '/faults', { match: { method: 'POST', path: '/v1.0/oauth2PermissionGrants' }, then: { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } } } });
  await visitor.button('Create').click();
  await visitor.untilRun('Failed');
  await visitor.button('Retry').waitFor();
  const run = new URL(page.url()).pathname;
  // The undo begins in another tab, and Microsoft keeps it waiting.
  await emulator.control('POST', '/faults', { match: { method: 'DELETE', path: '/v1.0/applications/*' }, then: { status: 503 }, times: 40 });
  const second = await visitor.open(run);
  await visitor.button('Undo', second).click();
  await second.getByRole('textbox', { name: /Type the name/ }).fill('Taken back');
  await visitor.button('Undo the run', second).click();
  await second.getByRole('heading', { name: 'Undo: Taken back' }).waitFor();
  // The tab that carried the run out hears of it.
  await page.getByText('An undo of this run was started, so the run itself does not go on.').waitFor();
  await visitor.checkScreen('run-being-undone');
  assert.equal(await page.getByText('press Retry').count(), 0, 'no advice that nothing on the screen follows');
  for (const name of ['Retry', 'Resume', 'Undo', 'Check current status']) assert.equal(await visitor.button(name).count(), 0, name);
  // Neither does the run when it is opened anew.
  const third = await visitor.open(run);
  await third.getByRole('link', { name: 'Open the undo' }).waitFor();
  assert.equal(await visitor.button('Retry', third).count(), 0);
  await emulator.control('DELETE', '/faults');
  await second.getByRole('status', { name: 'Run', exact: true }).getByText('Done', { exact: true }).waitFor({ timeout: 45_000 });
  for (const tab of [page, third]) await tab.getByRole('status', { name: 'Run', exact: true }).getByText('Undone', { exact: true }).waitFor();
  for (const name of ['Retry', 'Resume', 'Check current status']) assert.equal(await visitor.button(name).count(), 0, name);
  const { applications } = await tenantNamed(emulator, 'partner.example');
  assert.deepEqual(applications.filter((app) => app.displayName === 'Taken back').map((app) => app.deleted), [true]);
  visitor.assertClean();
  await visitor.leave();
});

test('F53: without storage the whole wizard still works, and the page says what that means', async () => {
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
