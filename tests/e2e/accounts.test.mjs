// Accounts over tabs and time: signing out, erasing and locking reach every tab and are undone by none; a sign-in lasts as long as it may.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

const keep = (page) => page.getByRole('checkbox', { name: /Keep me signed in/ });
const banner = (page, text) => page.getByRole('banner').getByText(text).waitFor();
const settings = (page) => page.goto(`${emulator.app}/app/settings`);

/** What the database holds: the values of a store with their keys. */
const stored = (page, store) =>
  page.evaluate(async (name) => {
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open('latchkey');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const ask = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const objects = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([ask(objects.getAllKeys()), ask(objects.getAll())]);
    database.close();
    return keys.map((key, at) => [key, values[at] instanceof CryptoKey ? 'a key' : values[at]]);
  }, store);

const until = (page, store, count) =>
  assert.doesNotReject(async () => {
    for (const end = Date.now() + 15_000; Date.now() < end; ) if ((await stored(page, store)).length === count) return;
    throw new Error(`${store} still holds ${(await stored(page, store)).length}`);
  });

/** A tab that hears nothing of the others, as one that slept. */
const deaf = async (visitor) => {
  const page = await visitor.open();
  await page.addInitScript(() => {
    Object.assign(window, {
      BroadcastChannel: class {
        postMessage() {}
        close() {}
      },
    });
    window.addEventListener('storage', (event) => event.stopImmediatePropagation(), true);
  });
  return page;
};

const signOut = async (page) => {
  await settings(page);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/auth');
};

/** Signs in to stay on this device. */
const signInToStay = async (visitor) => {
  await visitor.signIn('admin@partner.example');
  await keep(visitor.page).check();
  await until(visitor.page, 'sealed', 1);
};

test('F49: signing out reaches every tab at once, and a tab that hears nothing can’t bring it back', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await signInToStay(visitor);
  const second = await visitor.open('/');
  await banner(second, 'admin@partner.example');
  const late = await deaf(visitor);
  await late.goto(emulator.app);
  await banner(late, 'admin@partner.example');
  await signOut(visitor.page);
  await banner(second, 'Not signed in');
  // It saves what it still holds: the storage refuses, and the tab learns of it.
  await keep(late).uncheck();
  await banner(late, 'Not signed in');
  assert.deepEqual(await stored(late, 'keys'), []);
  assert.deepEqual(await stored(late, 'sealed'), []);
  assert.equal(await late.evaluate(() => sessionStorage.getItem('latchkey.sealed')), null);
  await late.reload();
  await late.getByText('Sign in again').first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('F49: a tab that slept while somebody signed out learns of it as soon as it is in front', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await signInToStay(visitor);
  const late = await deaf(visitor);
  await late.goto(emulator.app);
  await banner(late, 'admin@partner.example');
  await signOut(visitor.page);
  await late.evaluate(() => window.dispatchEvent(new Event('focus')));
  await banner(late, 'Not signed in');
  visitor.assertClean();
  await visitor.leave();
});

test('F49: erasing reaches every tab, ends their runs, and is undone by none', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await signInToStay(visitor);
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  const late = await deaf(visitor);
  await late.goto(emulator.app);
  await late.getByRole('banner').getByText('admin@partner.example').waitFor();
  const other = await visitor.open('/app/settings');
  await visitor.button("Erase this browser's data", other).click();
  await visitor.button('Erase', other).click();
  await other.getByText('Nobody is signed in.').waitFor();
  await page.getByText('The data of this browser was erased').waitFor();
  await page.getByText('This browser has no such run.').waitFor();
  await banner(page, 'Not signed in');
  // A tab that hears nothing wants to store what it knows of a session.
  await late.getByRole('button', { name: 'Favorite' }).first().click();
  await late.getByText('The data of this browser was erased').waitFor();
  await banner(late, 'Not signed in');
  for (const store of ['runs', 'sessions', 'sealed', 'keys']) assert.deepEqual(await stored(page, store), [], store);
  // What stays is when somebody used the page last, which the click just now was.
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key !== 'latchkey.active')), []);
  const requests = await emulator.control('GET', '/requests');
  assert.ok(!requests.some((entry) => entry.path.endsWith('/addPassword')), 'the run did not go on');
  visitor.assertClean();
  await visitor.leave();
});

test('T31: each sign-in has a key of its own, and signing out destroys it', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const names = async () => (await stored(page, 'keys')).map(([name]) => name);
  await visitor.signIn('admin@partner.example');
  const first = await names();
  assert.equal(first.length, 1);
  await page.reload();
  await banner(page, 'admin@partner.example');
  assert.deepEqual(await names(), first, 'a reload is no sign-in');
  await visitor.button('Switch session').click();
  await visitor.button('Sign in with another account').click();
  await page.getByRole('button', { name: 'admin@partner.example' }).click();
  await page.getByRole('article').first().waitFor();
  const second = await names();
  assert.ok(second.some((name) => !first.includes(name)), 'another key');
  const sealed = await page.evaluate(() => JSON.parse(sessionStorage.getItem('latchkey.sealed')));
  assert.ok(!first.includes(sealed[0].key), 'sealed with the new one');
  await signOut(page);
  await until(page, 'keys', 0);
  visitor.assertClean();
  await visitor.leave();
});

test('T32: two tabs that sign in as two people at once lose neither', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await signInToStay(visitor);
  const second = await visitor.open('/');
  await visitor.button('Switch session', second).click();
  await visitor.button('Sign in with another account', second).click();
  await visitor.passMicrosoft('reader@partner.example', second);
  await second.getByRole('article', { name: /reader@partner\.example/ }).waitFor();
  // The first tab saves what it has: it knows of one account only.
  await keep(page).uncheck();
  await until(page, 'sealed', 0);
  await keep(page).check();
  await until(page, 'sealed', 2);
  const third = await visitor.open('/');
  for (const upn of ['admin', 'reader']) await third.getByRole('article', { name: new RegExp(`${upn}@partner`) }).getByText('Valid').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

for (const [what, prepare, moves] of /** @type {const} */ ([
  ['', async () => {}, async () => {}],
  [' without Web Locks', (context) => context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks')), (context) => context.clock.fastForward(120_000)],
])) {
  test(`f50 a run goes on in the tab that watched it when the other one is gone${what}`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    await visitor.context.clock.install();
    await prepare(visitor.context);
    await signInToStay(visitor);
    await visitor.fillWizard();
    await visitor.button('Create').click();
    await visitor.untilRun('Needs you');
    const second = await visitor.open(new URL(visitor.page.url()).pathname);
    const goesOn = second.getByText('This run goes on in another tab.');
    await goesOn.waitFor();
    await visitor.page.close();
    await moves(visitor.context);
    await goesOn.waitFor({ state: 'detached' });
    visitor.page = second;
    await visitor.takeSecret();
    const { applications } = await tenantNamed(emulator, 'partner.example');
    assert.equal(applications.filter((app) => app.displayName === 'Nightly report').length, 1);
    assert.equal(applications.find((app) => app.displayName === 'Nightly report').passwordCredentials.length, 1);
    await assertNoViolations(emulator, 'taken-over');
    visitor.assertClean();
    await visitor.leave();
  });
}

/** Moves the time of the browser and of Microsoft. */
const advance = async (visitor, seconds) => {
  await emulator.control('POST', '/clock', { advanceSeconds: seconds });
  await visitor.context.clock.fastForward(seconds * 1000);
};

const unlock = async (visitor, upn, page = visitor.page) => {
  await visitor.button('Sign in', page).click();
  await visitor.passMicrosoft(upn, page);
};

test('T04: a page that nobody uses locks in every tab, and what was typed waits behind the lock', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await signInToStay(visitor);
  const second = await visitor.open('/');
  await banner(second, 'admin@partner.example');
  await visitor.openWizard();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report');
  await advance(visitor, 14 * 60);
  await page.keyboard.press('Shift');
  // The other tab may be of another process, which hears of it a little later: time must not jump before.
  const used = await page.evaluate(() => localStorage.getItem('latchkey.active'));
  await second.waitForFunction((moment) => localStorage.getItem('latchkey.active') === moment, used);
  await advance(visitor, 14 * 60);
  await banner(page, 'admin@partner.example');
  await advance(visitor, 60);
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  await page.getByText('Nobody used it for 15 minutes').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).isVisible(), false);
  assert.equal(await page.getByRole('button', { name: 'Switch session' }).count(), 0);
  await until(page, 'keys', 0);
  assert.deepEqual(await stored(page, 'sealed'), []);
  await second.getByRole('heading', { name: 'This page is locked' }).waitFor();
  assert.equal(await second.getByRole('banner').getByText('admin@partner.example').count(), 0);
  await visitor.checkScreen('locked');
  await page.reload();
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  await page.getByText('Harbour Lane Partners').waitFor();
  await unlock(visitor, 'admin@partner.example');
  await page.waitForURL('**/app/new/app-session');
  await banner(page, 'admin@partner.example');
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Nightly report');
  await page.reload();
  await banner(page, 'admin@partner.example');
  // The sign-in is to stay on this device, so the other tab finds it.
  await second.reload();
  await banner(second, 'admin@partner.example');
  visitor.assertClean();
  await visitor.leave();
});

test('T04: a tab that the browser had put away for too long comes back locked', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await page.goto('about:blank');
  await advance(visitor, 15 * 60);
  await page.goto(emulator.app);
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.getItem('latchkey.sealed')), null);
  await unlock(visitor, 'admin@partner.example');
  await banner(page, 'admin@partner.example');
  visitor.assertClean();
  await visitor.leave();
});

test('T04: a key that comes after the time does not keep the page open', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  // A machine that slept: the time is later and no timer has run.
  await visitor.context.clock.setSystemTime(Date.now() + 16 * 60_000);
  await page.keyboard.press('Shift');
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('T18: a run waits behind the lock and goes on after it; a secret on screen is gone', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.button('Show secret').click({ timeout: 45_000 });
  const value = await page.getByRole('textbox', { name: 'Client secret value' }).inputValue();
  await advance(visitor, 15 * 60);
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  assert.ok(!(await visitor.remains()).includes(value), 'the secret is gone');
  await unlock(visitor, 'admin@partner.example');
  await page.getByText('The credential exists, its value is lost.').waitFor();
  await visitor.button('Replace secret').click();
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor({ timeout: 45_000 });
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  const { applications } = await tenantNamed(emulator, 'partner.example');
  const made = applications.filter((app) => app.displayName === 'Nightly report');
  assert.deepEqual(made.map((app) => app.passwordCredentials.length), [1]);
  visitor.assertClean();
  await visitor.leave();
});

test('T04: a sign-in lasts as long as the host says and not longer, whoever uses the page', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await visitor.limit({ idleMinutes: 480, signedInHours: 24 });
  await signInToStay(visitor);
  await settings(page);
  await page.getByText('A sign-in lasts 24 hours at most.').waitFor();
  // The lock is for a tab whose session is open: time that jumps before its token is there ends the wait for it.
  await banner(page, 'admin@partner.example');
  for (let hours = 0; hours < 24; hours += 6) {
    // The limit of the page comes before Microsoft's: a renewal that is refused would end the sign-in in words of its own.
    await visitor.context.clock.fastForward(6 * 3_600_000);
    await page.keyboard.press('Shift');
    await emulator.control('POST', '/clock', { advanceSeconds: 6 * 3600 });
  }
  await page.getByText('Your sign-in is over: it lasts 24 hours at most.').waitFor();
  await until(page, 'sealed', 0);
  await until(page, 'keys', 0);
  const other = await visitor.open('/');
  await banner(other, 'Not signed in');
  await unlock(visitor, 'admin@partner.example');
  await page.getByText('A sign-in lasts 24 hours at most.').waitFor();
  await banner(page, 'admin@partner.example');
  visitor.assertClean();
  await visitor.leave();
});

test('T04: what was sealed and is over goes when somebody comes back', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.clock.install();
  await signInToStay(visitor);
  await visitor.page.goto('about:blank');
  await advance(visitor, 8 * 3600);
  await visitor.page.goto(emulator.app);
  await visitor.page.getByText('Sign in again').first().waitFor();
  assert.deepEqual(await stored(visitor.page, 'sealed'), []);
  assert.deepEqual(await stored(visitor.page, 'keys'), []);
  visitor.assertClean();
  await visitor.leave();
});

test('T04: a sign-in that is kept on the device outlives the closing of the page, not its own time', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.clock.install();
  await signInToStay(visitor);
  await visitor.page.goto('about:blank');
  await advance(visitor, 7 * 3600);
  await visitor.page.goto(emulator.app);
  await banner(visitor.page, 'admin@partner.example');
  await advance(visitor, 14 * 60);
  await banner(visitor.page, 'admin@partner.example');
  await advance(visitor, 60);
  await visitor.page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('T04: a limit that the page does not take is told in words', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.limit({ signedInHours: 48 });
  await visitor.page.goto(`${emulator.app}/app/settings`);
  await visitor.page.getByText('sets a time limit that this page does not take').waitFor();
  await visitor.page.getByText('signedInHours must be a whole number from 1 to 24').first().waitFor({ state: 'attached' });
  visitor.assertClean();
  await visitor.leave();
});

test('T04: signing out everywhere is a plan that names tenant and account before anything is written', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await signInToStay(visitor);
  const second = await visitor.open('/');
  await banner(second, 'admin@partner.example');
  await settings(page);
  await visitor.button('Sign out everywhere').click();
  const plan = page.getByRole('region', { name: 'Plan' });
  await plan.getByText('Harbour Lane Partners').waitFor();
  await plan.getByRole('heading', { name: 'Sign out everywhere: admin@partner.example' }).waitFor();
  await plan.getByText('End every sign-in of admin@partner.example').first().waitFor();
  const writes = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path === '/v1.0/me/revokeSignInSessions');
  assert.deepEqual(await writes(), []);
  await visitor.checkScreen('sign-out-everywhere');
  await visitor.button('Carry out').click();
  await visitor.untilRun('Done');
  await visitor.checkScreen('signed-out-everywhere');
  assert.equal((await writes()).length, 1);
  await banner(page, 'Not signed in');
  await banner(second, 'Not signed in');
  assert.deepEqual(await stored(page, 'sealed'), []);
  await assertNoViolations(emulator, 'sign-out-everywhere');
  visitor.assertClean();
  await visitor.leave();
});

test('F13: three tabs that are told to wait send nothing before the time, and one asks first', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await signInToStay(visitor);
  const pages = [visitor.page, await visitor.open('/'), await visitor.open('/')];
  const find = (page) => page.getByRole('button', { name: 'Find App sessions in this tenant' }).click();
  const asked = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path === '/v1.0/applications');
  const untilAsked = async (times) => {
    for (const end = Date.now() + 30_000; Date.now() < end && (await asked()).length < times; );
  };
  // Each tab has a token of the tenant and has proven it.
  for (const page of pages) {
    await banner(page, 'admin@partner.example');
    await find(page);
  }
  await untilAsked(3);
  await emulator.control('DELETE', '/requests');
  const wait = { status: 429, headers: { 'Retry-After': '3' }, body: { error: { code: 'TooManyRequests', message: 'Wait.' } } };
  await emulator.control('POST', '/faults', { match: { path: '/v1.0/applications' }, then: wait, times: 2 });
  await find(pages[0]);
  // Another process hears of it a little later.
  for (const page of pages) await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith('latchkey.cool.')));
  await Promise.all(pages.slice(1).map(find));
  await untilAsked(5);
  assert.deepEqual((await asked()).map((entry) => entry.status), [429, 429, 200, 200, 200], 'one asks at each end of a wait');
  await assertNoViolations(emulator, 'cool-down');
  visitor.assertClean();
  await visitor.leave();
});

test('F13: a tab that waited for its turn looks once more before it asks', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.addInitScript(() => {
    const { request } = LockManager.prototype;
    // The turn of this tab comes when the test says so.
    LockManager.prototype.request = async function late(name, ...rest) {
      if (String(name).startsWith('latchkey-first-') && window.holdsTurn) {
        window.waitsForTurn = true;
        await window.holdsTurn;
      }
      return Reflect.apply(request, this, [name, ...rest]);
    };
  });
  await visitor.signIn('admin@partner.example');
  const { page } = visitor;
  const asked = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path === '/v1.0/applications').length;
  await page.evaluate(() => { window.holdsTurn = new Promise((go) => { window.giveTurn = go; }); });
  await emulator.control('POST', '/faults', { match: { path: '/v1.0/applications' }, then: { status: 429, headers: { 'Retry-After': '1' }, body: { error: { code: 'TooManyRequests', message: 'Wait.' } } }, times: 1 });
  await visitor.button('Find App sessions in this tenant').click();
  await page.waitForFunction(() => window.waitsForTurn);
  const before = await asked();
  // Another tab asked first and was told to wait for three seconds more.
  const over = await page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('latchkey.cool.'));
    const moment = Date.now() + 3_000;
    localStorage.setItem(key, String(moment));
    window.giveTurn();
    return moment;
  });
  for (const end = Date.now() + 30_000; Date.now() < end && (await asked()) === before; );
  assert.ok((await asked()) > before, 'it asks in the end');
  assert.ok(Date.now() >= over, `${over - Date.now()} ms too early`);
  await assertNoViolations(emulator, 'cool-down-turn');
  visitor.assertClean();
  await visitor.leave();
});

test('F57: a browser that can’t store a key signs in for as long as the page is open', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.addInitScript(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function refuse(...values) {
      if (this.name === 'keys') throw new DOMException('The object can not be cloned.', 'DataCloneError');
      return put.apply(this, values);
    };
  });
  await visitor.signIn('admin@partner.example');
  await banner(visitor.page, 'admin@partner.example');
  assert.equal(await visitor.page.evaluate(() => sessionStorage.getItem('latchkey.sealed')), null);
  await visitor.page.reload();
  await visitor.page.getByText('Sign in again').first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('F57: a browser that gives no key back keeps nothing that it could not open', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.context.addInitScript(() => {
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = function lose(key) {
      return get.call(this, this.name === 'keys' ? 'no such key' : key);
    };
  });
  await visitor.signIn('admin@partner.example');
  await banner(visitor.page, 'admin@partner.example');
  assert.equal(await visitor.page.evaluate(() => sessionStorage.getItem('latchkey.sealed')), null);
  visitor.assertClean();
  await visitor.leave();
});

test('F55: a storage that the browser emptied in the middle of a run loses nothing and doubles nothing', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  await page.evaluate(() => /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase('latchkey');
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error);
  })));
  await visitor.takeSecret();
  await page.reload();
  const { applications } = await tenantNamed(emulator, 'partner.example');
  const made = applications.filter((app) => app.displayName === 'Nightly report');
  assert.deepEqual(made.map((app) => app.passwordCredentials.length), [1]);
  assert.equal((await stored(page, 'runs')).length, 1, 'the journal is there again');
  await assertNoViolations(emulator, 'evicted');
  visitor.assertClean();
  await visitor.leave();
});

test('T09: a tab stays in its tenant whatever another tab turns to, and writes there', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await signInToStay(visitor);
  await visitor.fillWizard({ credential: 'No credential' });
  const other = await visitor.open('/');
  await visitor.button('Switch session', other).click();
  await visitor.button('Sign in with another account', other).click();
  await visitor.passMicrosoft('admin@fresh.example', other);
  await visitor.button('Accept', other).click();
  await banner(other, 'Fresh Start');
  await banner(page, 'Harbour Lane Partners');
  await visitor.button('Create').click();
  await visitor.untilRun('Done');
  await banner(page, 'Harbour Lane Partners');
  const made = async (domain) => (await tenantNamed(emulator, domain)).applications.filter((app) => app.displayName === 'Nightly report').length;
  assert.deepEqual([await made('partner.example'), await made('fresh.example')], [1, 0]);
  visitor.assertClean();
  await visitor.leave();
});

test('F51: a renewal that is refused ends nothing while another tab has a newer sign-in', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await visitor.limit({ idleMinutes: 480 });
  await signInToStay(visitor);
  const late = await deaf(visitor);
  await late.goto(emulator.app);
  await banner(late, 'admin@partner.example');
  await visitor.button('Switch session').click();
  await visitor.button('Sign in with another account').click();
  await page.getByRole('button', { name: 'admin@partner.example' }).click();
  await page.getByRole('article').first().waitFor();
  await advance(visitor, 5400);
  await emulator.control('DELETE', '/requests');
  await emulator.control('POST', '/faults', { match: { origin: 'login', method: 'POST', path: '/*/oauth2/v2.0/token' }, then: { aadsts: 700084 } });
  const tokens = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/token')).map((entry) => entry.status);
  await late.getByRole('button', { name: 'Find App sessions in this tenant' }).click();
  await late.getByText('No App session of this page in this tenant').waitFor();
  assert.deepEqual(await tokens(), [400, 200], 'refused, and then made with what the other tab has');
  visitor.assertClean();
  await visitor.leave();
});
