// Signing in when something is in the way: refusals, loops, other accounts, abandoned attempts, what is left on the disk.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM, FLAGS, Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

const count = async (end) => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith(end)).length;

/** Leaves for Microsoft and returns the state of the attempt. */
const leave = async (visitor) => {
  await visitor.button('Sign in').first().click();
  await visitor.page.waitForURL(`${emulator.login}/**`);
  return new URL(visitor.page.url()).searchParams.get('state');
};

for (const error of ['temporarily_unavailable', 'server_error']) {
  test(`F30: where Microsoft’s sign-in says ${error}, a button tries again, and nothing leaves by itself`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    const { page } = visitor;
    await page.goto(emulator.app);
    const state = await leave(visitor);
    await page.goto(`${emulator.app}/auth#error=${error}&error_description=Something+went+wrong&state=${state}`);
    const notice = page.getByRole('alert').filter({ hasText: 'Microsoft’s sign-in service has trouble.' });
    await notice.waitFor();
    assert.equal(await count('/authorize'), 1, 'nobody was sent anywhere');
    await notice.getByRole('button', { name: 'Sign in' }).click();
    await visitor.passMicrosoft('admin@partner.example');
    await page.getByRole('article').first().waitFor();
    assert.equal(await count('/authorize'), 2);
    visitor.assertClean();
    await visitor.leave();
  });
}

test('F33: a code that ended or was used leads to one clean start, not to a loop', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await emulator.control('POST', '/faults', { match: { origin: 'login', method: 'POST', path: '/organizations/oauth2/v2.0/token' }, then: { aadsts: 70008, error: 'invalid_grant' }, times: 1 });
  await page.goto(emulator.app);
  await leave(visitor);
  await visitor.passMicrosoft('admin@partner.example');
  const notice = page.getByRole('main').getByRole('alert');
  await notice.getByText(/Sign in again\./).waitFor();
  assert.deepEqual([await count('/authorize'), await count('/token')], [1, 1], 'one sign-in, one redemption');
  await notice.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'admin@partner.example' }).click();
  await page.getByRole('article').first().waitFor();
  assert.equal(await count('/token'), 2);
  visitor.assertClean();
  await visitor.leave();
});

test('F32: an answer that two tabs load, one of them a duplicate made on the way, is redeemed once', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  // What the browser copies when somebody duplicates the tab between the press of Sign in and Microsoft's page.
  const kept = {};
  await visitor.context.exposeBinding('noteKept', (_, key, value) => {
    kept[key] = value;
  });
  await visitor.context.addInitScript(() => {
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function setItem(key, value) {
      if (this === window.sessionStorage && key.startsWith('latchkey.attempt.')) window.noteKept(key, value);
      return set.call(this, key, value);
    };
  });
  let answer = null;
  page.on('response', (response) => {
    const to = response.headers().location ?? '';
    if (to.startsWith(`${emulator.app}/auth#`)) answer = to;
  });
  await page.goto(emulator.app);
  await leave(visitor);
  // Neither tab is done before the other one has begun.
  let release;
  const both = new Promise((resolve) => {
    release = resolve;
  });
  await visitor.context.route('**/config.json', async (route) => {
    await both;
    await route.continue();
  });
  await visitor.passMicrosoft('admin@partner.example');
  await page.waitForURL(`${emulator.app}/auth`, { waitUntil: 'commit' });
  assert.ok(Object.keys(kept).length === 1 && answer, 'the attempt and its answer were seen');
  const second = await visitor.open();
  await second.addInitScript((entries) => {
    if (location.pathname === '/auth') Object.entries(entries).forEach(([key, value]) => sessionStorage.setItem(key, value));
  }, kept);
  await second.goto(answer, { waitUntil: 'commit' });
  release();
  const signedIn = (tab) => tab.getByRole('article').first();
  const told = (tab) => tab.getByText('This sign-in is finished already, or belongs to another tab.');
  const other = await Promise.any([page, second].map((tab) => told(tab).waitFor().then(() => tab)));
  const first = other === page ? second : page;
  await signedIn(first).waitFor();
  assert.equal(await told(first).count(), 0);
  assert.equal(await count('/token'), 1, 'one redemption');
  // The other one can sign in for itself.
  await visitor.button('Sign in', other).first().click();
  await other.getByRole('button', { name: 'admin@partner.example' }).click();
  await signedIn(other).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('F38: the fourth redirect for one purpose stops with its cause, over a reload, and starts over when asked', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await page.goto(emulator.app);
  for (let time = 1; time <= 3; time += 1) {
    await leave(visitor);
    await page.goto(emulator.app);
  }
  await page.reload();
  const asked = await count('/authorize');
  await visitor.button('Sign in').first().click();
  await page.getByRole('alert').getByText('sent you back and forth for the same thing').waitFor();
  assert.equal(await count('/authorize'), asked, 'the page stays');
  await visitor.checkScreen('sign-in-loop');
  await page.goto(`${emulator.app}/app/settings`);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.goto(emulator.app);
  await visitor.button('Sign in').first().click();
  await visitor.button('Start over').click();
  await visitor.passMicrosoft('admin@partner.example');
  await page.getByRole('article').first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('F39: another account than the run’s writes nothing, and both are named', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.limit({ idleMinutes: 480 });
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  const run = page.url();
  await emulator.control('POST', '/faults', { match: { origin: 'login', method: 'POST', path: '/*/oauth2/v2.0/token' }, then: { aadsts: 700084 } });
  await emulator.control('POST', '/clock', { advanceSeconds: 5400 });
  await visitor.context.clock.fastForward(5_400_000);
  await visitor.button('Show secret').click();
  await visitor.untilRun('Paused');
  await visitor.context.clearCookies();
  await emulator.control('DELETE', '/requests');
  await visitor.button('Sign in').click();
  await page.getByRole('textbox', { name: 'Email' }).fill('reader@partner.example');
  await visitor.button('Next').click();
  await page.getByRole('textbox', { name: 'Password' }).fill('emulator');
  await visitor.button('Sign in').click();
  await page.getByText('You signed in as reader@partner.example, but this was for admin@partner.example.').waitFor();
  const written = (await emulator.control('GET', '/requests')).filter((entry) => entry.origin === 'graph' && entry.method !== 'GET' && !entry.path.endsWith('$batch'));
  assert.deepEqual(written, []);
  const app = (await tenantNamed(emulator, 'partner.example')).applications.find((known) => known.displayName === 'Nightly report');
  assert.equal(app.passwordCredentials.length, 0);
  assert.equal(page.url(), run);
  visitor.assertClean();
  await visitor.leave();
});

test('T05: verifier, state and nonce of an abandoned attempt are gone after ten minutes', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  const kept = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('latchkey.attempt.')).length);
  for (const path of ['/', '/app/new']) {
    await page.goto(emulator.app + path);
    await leave(visitor);
    await page.goto(emulator.app + path);
    await page.getByRole('button', { name: 'Sign in' }).first().waitFor();
    await visitor.context.clock.fastForward(500_000);
    assert.equal(await kept(), 1, `${path}: it may still come back`);
    await emulator.control('POST', '/clock', { advanceSeconds: 660 });
    await visitor.context.clock.fastForward(160_000);
    await page.waitForFunction(() => !Object.keys(sessionStorage).some((key) => key.startsWith('latchkey.attempt.')));
  }
  visitor.assertClean();
  await visitor.leave();
});

test('T07: an answer that names another issuer redeems no code', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const { id } = await tenantNamed(emulator, 'partner.example');
  for (const [issuer, redeems] of /** @type {const} */ ([[`https://login.evil.example/${id}/v2.0`, false], [`${emulator.login}/${id}/v2.0`, true]])) {
    await page.goto(emulator.app);
    const state = await leave(visitor);
    await page.goto(`${emulator.app}/auth#code=made-up&state=${state}&iss=${encodeURIComponent(issuer)}`);
    await page.getByRole('main').getByRole('alert').waitFor();
    assert.equal((await count('/token')) > 0, redeems, issuer);
  }
  await visitor.leave();
});

test('T08: a token that turns out to be of another tenant writes nothing, and both tenants are named', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.limit({ idleMinutes: 480 });
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  const [own, other] = [await tenantNamed(emulator, 'partner.example'), await tenantNamed(emulator, 'customer5.example')];
  // The directory that answers to the next token is another one.
  let asked = 0;
  await visitor.context.route('**/$batch', async (route) => {
    const answer = await route.fetch();
    if (!JSON.parse(route.request().postData()).requests.some(({ url }) => url.startsWith('/organization'))) return route.fulfill({ response: answer });
    asked += 1;
    return route.fulfill({ response: answer, body: (await answer.text()).replaceAll(own.id, other.id) });
  });
  await emulator.control('DELETE', '/requests');
  await emulator.control('POST', '/clock', { advanceSeconds: 7200 });
  await visitor.context.clock.fastForward(7_200_000);
  await visitor.button('Show secret').click();
  await visitor.untilRun('Failed');
  await page.getByText(new RegExp(`Microsoft answered for another tenant than this run’s, so nothing was sent: .*${own.id}.*${other.id}`)).waitFor();
  assert.equal(asked, 1, 'the token is asked whose it is');
  const sent = (await emulator.control('GET', '/requests')).filter((entry) => entry.origin === 'graph' && !entry.path.endsWith('$batch'));
  assert.deepEqual(sent.map((entry) => entry.path), ['/v1.0/organization'], 'nothing else was sent with it');
  await visitor.context.unrouteAll();
  await visitor.button('Retry').click();
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor({ timeout: 45_000 });
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  await assertNoViolations(emulator, 'other-tenant');
  visitor.assertClean();
  await visitor.leave();
});

test('F35: a token that Graph refuses is renewed once, and the request repeated once', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  const refused = { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'Access token has expired.' } } };
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText(/^Read (just now|\d)/).waitFor();
  for (const [times, tried] of [[1, 2], [50, 2]]) {
    await emulator.control('DELETE', '/requests');
    await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path: '/v1.0/contracts' }, then: refused, times });
    await visitor.button('Refresh').click();
    if (times === 1) await page.getByText(/^Read just now/).waitFor();
    else await page.getByRole('alert').getByText('Microsoft no longer accepts your sign-in.').waitFor();
    assert.equal(await count('/token'), 1, `${times}: renewed once`);
    assert.equal(await count('/contracts'), tried, `${times}: tried twice`);
  }
  visitor.assertClean();
  await visitor.leave();
});

test('T35: without the choice to stay signed in, nothing like a token is on the disk when the browser is closed', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'latchkey-profile-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: FLAGS });
  try {
    const visitor = new Visitor(context, emulator);
    visitor.page = await visitor.open();
    await visitor.signIn('admin@partner.example');
    await visitor.fillWizard();
    await visitor.button('Create').click();
    await visitor.button('Show secret').click({ timeout: 45_000 });
    await visitor.page.getByRole('textbox', { name: 'Client secret value' }).waitFor();
    await visitor.button('I have saved it').click();
    await visitor.untilRun('Done');
    visitor.assertClean();
  } finally {
    await context.close();
  }
  // A code is used up by then, and the browser notes the address that it came in, for its icon, before any script can run.
  const marks = (await emulator.control('GET', '/marks')).filter((mark) => !mark.startsWith('0.'));
  assert.ok(marks.length > 3);
  const walk = (path) => (statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => walk(join(path, name))) : [path]);
  const files = walk(profile);
  assert.ok(files.some((path) => path.includes('IndexedDB')), 'the journal is on the disk');
  for (const path of files) {
    const bytes = readFileSync(path);
    for (const mark of marks) {
      for (const form of [Buffer.from(mark), Buffer.from(mark, 'utf16le')]) assert.ok(!bytes.includes(form), `${path} holds ${mark.slice(0, 8)}…`);
    }
  }
  rmSync(profile, { recursive: true, force: true });
});
