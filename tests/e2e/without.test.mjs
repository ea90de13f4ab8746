// Browsers that lack something: the page works all the same, or says in a sentence what is missing.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { makeAppSession } from './journeys.mjs';
import { Visitor, stage, startEmulator } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', { customers: 60 }));

/** Somebody whose browser lacks this: `remove` runs before the scripts of each page. */
const arrive = async (remove, world = emulator) => {
  const visitor = await Visitor.arrive(browser, world);
  await visitor.context.addInitScript(remove);
  await visitor.page.close();
  visitor.page = await visitor.open();
  return visitor;
};

const worksWhole = async (visitor) => {
  await visitor.signIn('admin@partner.example');
  await makeAppSession(visitor);
  await visitor.page.reload();
  await visitor.page.getByText('Everything that was asked for is in place.').waitFor();
  visitor.assertClean();
  await visitor.leave();
};

test('without Trusted Types', async () => {
  // Such a browser skips the two directives.
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-dist-'));
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  cpSync('dist-hosts/cloudflare', join(folder, 'rules'), { recursive: true });
  for (const name of ['dist/index.html', 'rules/_headers']) {
    const text = readFileSync(join(folder, name), 'utf8');
    const without = text.replaceAll("; require-trusted-types-for 'script'; trusted-types default", '');
    assert.notEqual(without, text, name);
    writeFileSync(join(folder, name), without);
  }
  const own = await startEmulator('--dist', join(folder, 'dist'), '--rules', join(folder, 'rules'));
  after(() => {
    own.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await worksWhole(await arrive(() => delete window.trustedTypes, own));
});

test('without Web Locks', async () => {
  const visitor = await arrive(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
  await worksWhole(visitor);
});

test('without BroadcastChannel', async () => {
  const visitor = await arrive(() => delete window.BroadcastChannel);
  await worksWhole(visitor);
});

test('without WebAssembly from a stream', async () => {
  const visitor = await arrive(() => {
    delete WebAssembly.instantiateStreaming;
    delete WebAssembly.compileStreaming;
  });
  await worksWhole(visitor);
});

test('without popover, a press before the module is ready is kept, and nothing is said before it', async () => {
  const visitor = await arrive(() => {
    for (const name of ['popover', 'showPopover', 'hidePopover', 'togglePopover']) delete HTMLElement.prototype[name];
  });
  const { page } = visitor;
  // The style hides it there.
  await page.route(emulator.app, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(' popover="manual"', ' hidden') });
  });
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(emulator.app, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.latchkeyBoot);
  const word = page.getByText('Microsoft’s sign-in page opens in a moment.').filter({ visible: true });
  assert.equal(await word.count(), 0);
  await visitor.button('Sign in').click();
  await word.waitFor();
  release();
  await visitor.passMicrosoft('admin@partner.example');
  await page.getByRole('article').first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('without IndexedDB, all works for as long as the page is open, and it says so', async () => {
  const visitor = await arrive(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await page.getByText('This browser does not let the page store anything').waitFor();
  await makeAppSession(visitor);
  assert.equal(await page.getByRole('banner').getByText('admin@partner.example').count(), 1);
  visitor.assertClean();
  await visitor.leave();
});

for (const [what, remove] of [['WebAssembly', () => delete window.WebAssembly], ['WebCrypto', () => Object.defineProperty(crypto, 'subtle', { value: undefined })]]) {
  test(`without ${what}, a sentence says that the browser is too old`, async () => {
    const visitor = await arrive(remove);
    await visitor.page.goto(emulator.app);
    await visitor.page.getByText('This browser is too old for this page').waitFor();
    visitor.assertClean();
    await visitor.leave();
  });
}
