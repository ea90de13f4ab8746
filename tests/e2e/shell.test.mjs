// What is there before the module is, what stays when the network goes, and who may frame the page.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { listen } from '../ports.mjs';
import { Visitor, stage } from './support.mjs';

const { emulator, browser } = await stage();

for (const [what, files] of [['the module is ready', '**/*.wasm'], ['any script ran', '**/boot.js']]) {
  test(`a click before ${what} is kept and honoured`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    await visitor.page.route(files, async (route) => {
      await held;
      await route.continue();
    });
    await visitor.page.goto(emulator.app, { waitUntil: 'commit' });
    await visitor.button('Sign in').click();
    await visitor.page.getByText('Microsoft’s sign-in page opens in a moment.').waitFor();
    release();
    await visitor.page.getByRole('textbox', { name: 'Email' }).waitFor();
    visitor.assertClean();
    await visitor.leave();
  });
}

test('whoever reaches for Sign in has the application at hand when they come back', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const loaded = () => /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType('resource')).find(({ name }) => /latchkey_bg-\w+\.wasm$/.test(name))?.transferSize;
  await page.goto(emulator.app);
  await visitor.button('Sign in').hover();
  await page.waitForFunction(loaded);
  await visitor.button('Sign in').click();
  await visitor.passMicrosoft('admin@partner.example');
  await page.getByRole('article').first().waitFor();
  assert.equal(await page.evaluate(loaded), 0, 'it came out of the cache');
  visitor.assertClean();
  await visitor.leave();
});

test('a policy that blocks the style in the page leaves the page with its style', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.page.route(emulator.app, async (route) => {
    const answer = await route.fetch();
    const policy = answer.headers()['content-security-policy'].replace(/'sha256-[^']+'/, '');
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'content-security-policy': policy } });
  });
  await visitor.page.goto(emulator.app);
  await visitor.page.waitForFunction(() => getComputedStyle(document.getElementById('sign-in')).backgroundColor === 'rgb(15, 108, 189)');
  await visitor.leave();
});

test('F60: a module that can’t be loaded leaves a sentence, never a blank page', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.page.route('**/*.wasm', (route) => route.abort());
  await visitor.page.goto(emulator.app);
  await visitor.page.getByText('The page could not be loaded').waitFor();
  await visitor.button('Reload the page').waitFor();
  await visitor.leave();
});

test('T03: the sign-in lasts for the visit, or for a day when asked; never in the clear', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.assertNoMarks();
  await visitor.page.reload();
  await visitor.page.getByRole('banner').getByText('admin@partner.example').waitFor();
  const other = await visitor.open('/');
  await other.getByText('Sign in again').waitFor();
  await visitor.page.getByRole('checkbox', { name: /Keep me signed in/ }).check();
  await visitor.page.waitForFunction(() => sessionStorage.getItem('latchkey.sealed') === null);
  const third = await visitor.open('/');
  await third.getByRole('banner').getByText('admin@partner.example').waitFor();
  await visitor.assertNoMarks();
  await third.goto(`${emulator.app}/app/settings`);
  await visitor.button("Erase this browser's data", third).click();
  await visitor.button('Erase', third).click();
  await third.getByText('Nobody is signed in.').waitFor();
  for (const tab of [visitor.page, other]) await visitor.button('Sign in', tab).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('what was chosen before the application runs decides where the sign-in is kept', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  const isInTab = () => sessionStorage.getItem('latchkey.sealed') !== null;
  /** Chooses in the page that is there before the application. */
  const choose = async (isKept) => {
    let release;
    const held = new Promise((go) => { release = go; });
    const hold = (route) => held.then(() => route.continue());
    await page.route('**/latchkey_bg-*.wasm', hold);
    await page.reload({ waitUntil: 'commit' });
    await page.waitForFunction(() => window.latchkeyBoot);
    await page.getByRole('checkbox', { name: /Keep me signed in/ }).setChecked(isKept);
    release();
    await page.getByRole('banner').getByText('admin@partner.example').waitFor();
    await page.unroute('**/latchkey_bg-*.wasm', hold);
  };
  assert.equal(await page.evaluate(isInTab), true);
  await choose(true);
  await page.waitForFunction(() => sessionStorage.getItem('latchkey.sealed') === null);
  const other = await visitor.open('/');
  await other.getByRole('banner').getByText('admin@partner.example').waitFor();
  await other.close();
  await choose(false);
  await page.waitForFunction(isInTab);
  const third = await visitor.open('/');
  await third.getByText('Sign in again').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('a browser that can’t store the sign-in for a day keeps it for the visit', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function refuse(...values) {
      if (this.name === 'sealed') throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, values);
    };
  });
  await page.getByRole('checkbox', { name: /Keep me signed in/ }).check();
  await page.waitForFunction(() => localStorage.getItem('latchkey.keep') !== null);
  await page.reload();
  await page.getByRole('article', { name: /admin@partner\.example/ }).getByText('Valid').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('several accounts side by side, and signing out of one keeps the other', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.button('Switch session').click();
  await visitor.button('Sign in with another account').click();
  await visitor.passMicrosoft('reader@partner.example');
  await visitor.page.getByRole('article', { name: /reader@partner\.example/ }).waitFor();
  assert.equal(await visitor.page.getByRole('article').count(), 2);
  await visitor.page.goto(`${emulator.app}/app/settings`);
  await visitor.checkScreen('settings');
  await visitor.page.getByLabel('reader@partner.example').getByRole('button', { name: 'Sign out', exact: true }).click();
  await visitor.page.waitForURL('**/auth');
  await visitor.page.goto(emulator.app);
  await visitor.page.getByRole('article', { name: /admin@partner\.example/ }).getByText('Valid').waitFor();
  await visitor.page.getByRole('article', { name: /reader@partner\.example/ }).getByText('Sign in again').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('offline, what is stored stays readable', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  await visitor.context.setOffline(true);
  await visitor.page.getByText('You are offline.').waitFor();
  await visitor.page.getByRole('article').first().waitFor();
  await visitor.checkScreen('offline');
  await visitor.context.setOffline(false);
  await visitor.page.getByText('You are offline.').waitFor({ state: 'detached' });
  visitor.assertClean();
  await visitor.leave();
});

test('Recent sessions: favourite, remove, put back', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  const article = visitor.page.getByRole('article').first();
  await article.getByRole('button', { name: 'Favorite' }).click();
  await visitor.page.getByRole('button', { name: 'Favorite', pressed: true }).waitFor();
  await article.getByRole('button', { name: 'Remove' }).click();
  await visitor.page.getByText('No session yet.').waitFor();
  await visitor.button('Put it back').click();
  await visitor.page.getByRole('button', { name: 'Favorite', pressed: true }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('the whole first step works with the keyboard alone', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.page.goto(emulator.app);
  await visitor.page.keyboard.press('Tab');
  await visitor.page.keyboard.press('Enter');
  await visitor.page.getByRole('textbox', { name: 'Email' }).waitFor();
  await visitor.leave();
});

test('T24: the headers are those of production; no page may frame it; a missing file is a 404', async () => {
  for (const path of ['/', '/app/new', '/auth', '/consent']) {
    const answer = await fetch(emulator.app + path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/, path);
    for (const [name, value] of [['x-frame-options', 'DENY'], ['referrer-policy', 'no-referrer'], ['cross-origin-opener-policy', 'same-origin'], ['x-content-type-options', 'nosniff'], ['cache-control', 'no-store']]) {
      assert.equal(answer.headers.get(name), value, `${path} ${name}`);
    }
  }
  const missing = await fetch(`${emulator.app}/assets/nothing.js`);
  assert.equal(missing.status, 404);
  assert.equal(missing.headers.get('x-content-type-options'), 'nosniff');
  const host = createServer((_, response) => response.end(`<iframe src="${emulator.app}"></iframe>`));
  const port = await listen(host);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${port}/`);
  await page.frames()[1].waitForURL('chrome-error://chromewebdata/');
  assert.equal(await page.frameLocator('iframe').getByRole('button', { name: 'Sign in' }).count(), 0);
  await context.close();
  host.close();
});
