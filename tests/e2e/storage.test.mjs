// Storage that is held, newer, full, closed or damaged, and what tabs tell each other.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

const application = async () => (await tenantNamed(emulator, 'partner.example')).applications.find((app) => app.displayName === 'Nightly report');

/** A page of the same origin that runs nothing of ours. */
const bare = (visitor) => visitor.open('/404.html');

/** Opens the database of the page at a version, in this bare page; `hold` keeps it open whatever anybody asks. */
const openDatabase = (page, version) =>
  page.evaluate(
    (wanted) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('latchkey', wanted);
        // As the first release made it.
        opening.onupgradeneeded = ({ oldVersion }) => oldVersion < 1 && ['sessions', 'runs'].forEach((name) => opening.result.createObjectStore(name));
        opening.onsuccess = () => {
          window.database = opening.result;
          resolve(opening.result.version);
        };
        opening.onerror = () => reject(opening.error);
      }),
    version,
  );

/** Goes up to the secret that waits to be made. */
const upToSecret = async (visitor) => {
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
};

test('F45, F46: an old tab that holds the storage is named within seconds, and everything works for the visit', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const old = await bare(visitor);
  await openDatabase(old, 1);
  const { page } = visitor;
  await page.goto(`${emulator.app}/app/settings`);
  await page.getByRole('status').filter({ hasText: 'Another tab with an older version of this page holds the storage. Close it, then reload.' }).waitFor({ timeout: 6_000 });
  await upToSecret(visitor);
  await visitor.takeSecret();
  assert.equal((await application()).passwordCredentials.length, 1);
  // When the old tab is gone a reload is enough.
  await old.close();
  await page.goto(`${emulator.app}/app/settings`);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.getByText('Storage: available').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('F47, F48: a newer release takes the storage in mid-run: it gets it, nothing is sent without a journal, and nothing is deleted', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await upToSecret(visitor);
  const newer = await bare(visitor);
  const began = Date.now();
  assert.equal(await openDatabase(newer, 99), 99);
  assert.ok(Date.now() - began < 1_500, 'our own connection let go at once');
  await visitor.button('Show secret').click();
  await visitor.untilRun('Failed');
  await page.getByText('This browser could not store the run, so nothing was sent').waitFor();
  await page.getByText('The storage was written by a newer version of this page and is left untouched. Reload to get that version.').waitFor();
  assert.equal((await application()).passwordCredentials.length, 0, 'nothing was sent');
  await page.reload();
  await page.getByRole('status').filter({ hasText: 'The storage was written by a newer version of this page' }).waitFor();
  const kept = await newer.evaluate(() => new Promise((resolve) => {
    const reading = window.database.transaction('runs').objectStore('runs').count();
    reading.onsuccess = () => resolve(reading.result);
  }));
  assert.equal(kept, 1, 'the journal is where it was');
  visitor.assertClean();
  await visitor.leave();
});

test('F52: without room for the journal a write is not sent, and goes out when there is room', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await upToSecret(visitor);
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    window.makeRoom = () => {
      IDBObjectStore.prototype.put = put;
    };
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await visitor.button('Show secret').click();
  await visitor.untilRun('Failed');
  await page.getByText('This browser could not store the run, so nothing was sent').waitFor();
  assert.equal((await application()).passwordCredentials.length, 0);
  await page.evaluate(() => window.makeRoom());
  await visitor.button('Retry').click();
  // It was asked for already.
  await page.getByRole('textbox', { name: 'Client secret value' }).waitFor({ timeout: 45_000 });
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  assert.equal((await application()).passwordCredentials.length, 1);
  await assertNoViolations(emulator, 'full');
  visitor.assertClean();
  await visitor.leave();
});

test('F54: a connection that the browser closes is opened once more, and the run does not notice', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await upToSecret(visitor);
  await page.evaluate(() => {
    const { transaction } = IDBDatabase.prototype;
    window.broken = 0;
    IDBDatabase.prototype.transaction = function broken(...values) {
      // The one that is open is closing, as a browser closes it when memory is short.
      window.first ??= this;
      if (this === window.first) {
        window.broken += 1;
        throw new DOMException('The database connection is closing.', 'InvalidStateError');
      }
      return Reflect.apply(transaction, this, values);
    };
  });
  await visitor.takeSecret();
  assert.ok((await page.evaluate(() => window.broken)) >= 1, 'it was closed');
  assert.equal(await page.getByText('nothing is kept after this visit').count(), 0);
  await page.reload();
  await visitor.untilRun('Done');
  assert.equal((await application()).passwordCredentials.length, 1);
  visitor.assertClean();
  await visitor.leave();
});

test('F56: damaged records count as absent, harm no other, and are not shown', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await upToSecret(visitor);
  await visitor.takeSecret();
  await page.goto(emulator.app);
  await page.getByRole('article', { name: /Nightly report/ }).waitFor();
  const { version } = await page.evaluate(async () => (await indexedDB.databases()).find(({ name }) => name === 'latchkey'));
  const other = await bare(visitor);
  await openDatabase(other, version);
  await other.evaluate(async () => {
    const stores = ['runs', 'sessions', 'sealed', 'notes', 'blueprints', 'customers'].filter((name) => window.database.objectStoreNames.contains(name));
    const writing = window.database.transaction(stores, 'readwrite');
    for (const name of stores) {
      const store = writing.objectStore(name);
      ['', '{', '[]', 'null', '{"schema":1,"id":"x"}', '{"id":7}'].forEach((text, at) => store.put(text, `damaged-${at}`));
      store.put(42, 'number');
      store.put({ an: 'object' }, 'object');
    }
    await new Promise((resolve, reject) => {
      writing.oncomplete = resolve;
      writing.onabort = () => reject(writing.error);
    });
    window.database.close();
  });
  await other.close();
  await page.reload();
  await page.getByRole('article', { name: /Nightly report/ }).waitFor();
  assert.equal(await page.getByRole('article').count(), 2);
  for (const path of ['/app/history', '/app/new', '/app/partner', '/app/settings']) {
    await page.goto(emulator.app + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }
  await page.goto(`${emulator.app}/app/history`);
  await page.getByText('1 run', { exact: true }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('T33: what tabs tell each other holds nothing to steal, and nothing of it is believed', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const listener = await bare(visitor);
  await listener.evaluate(() => {
    window.heard = [];
    window.channel = new BroadcastChannel('latchkey');
    window.channel.onmessage = ({ data }) => window.heard.push(data);
  });
  await upToSecret(visitor);
  const junk = [null, 7, '', {}, [], { id: '7f3c9a1e' }, 'x'.repeat(2_000_000), '../../etc', { type: 'changed', id: { toString: 1 } }, { type: 'erased', id: 'x'.repeat(100_000) }];
  await listener.evaluate((all) => {
    for (let time = 0; time < 2; time += 1) for (const one of all) window.channel.postMessage(one);
  }, junk);
  const secret = await visitor.takeSecret();
  const heard = await listener.evaluate(() => window.heard.map((data) => JSON.stringify(data)));
  assert.ok(heard.length > 3, 'something was told');
  for (const text of heard) assert.ok(text.length < 200, text);
  const all = heard.join('\n');
  for (const mark of [secret, 'partner.example', 'Nightly report', ...(await emulator.control('GET', '/marks'))]) assert.ok(!all.includes(mark), 'the channel tells too much');
  assert.equal((await application()).passwordCredentials.length, 1);
  await page.goto(emulator.app);
  await page.getByRole('article', { name: /admin@partner\.example/ }).getByText('Valid').waitFor();
  await assertNoViolations(emulator, 'junk');
  visitor.assertClean();
  await visitor.leave();
});
