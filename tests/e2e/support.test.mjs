// The journeys' own stage: a file that can't go on ends, says why, and leaves no process that would keep the runner waiting.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lasting } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-support-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the text as a test file; resolves when the last process that holds its output is gone. */
const run = (name, text, env) =>
  new Promise((resolve) => {
    const file = join(folder, `${name}.test.mjs`);
    writeFileSync(file, text.replaceAll('SUPPORT', new URL('support.mjs', import.meta.url)));
    const { NODE_TEST_CONTEXT: _, ...outside } = process.env;
    const child = spawn(process.execPath, ['--test', file], { env: { ...outside, ...env } });
    let said = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (part) => (said += part));
    child.once('close', (code) => resolve({ code, said }));
  });

test('a browser that does not start fails its file, and the emulator does not outlive it', async () => {
  const { code, said } = await run('start', "import { stage } from 'SUPPORT'; await stage();", { CHROMIUM_PATH: '/bin/false' });
  assert.equal(code, 1);
  assert.match(said, /started once more/);
});

test('a test that never ends is named, and the emulator and the browser do not outlive it', async () => {
  const text = `
    import { test } from 'node:test';
    import { stage } from 'SUPPORT';
    const { browser } = await stage();
    test('waits', async () => {
      const page = await browser.newPage();
      await page.evaluate(() => new Promise(() => {}));
    });`;
  const { code, said } = await run('waits', text, { LATCHKEY_LIMIT_MS: '5000' });
  assert.equal(code, 1);
  assert.match(said, /"waits" of \S+waits\.test\.mjs took longer than 5 s\. Still open: /);
});

test('a browser that never closes a context is replaced, and the file goes on', async () => {
  const browser = await lasting();
  const before = await browser.newContext();
  const stuck = { close: () => new Promise(() => {}) };
  await browser.end(stuck, 50);
  const context = await browser.newContext();
  assert.equal(await (await context.newPage()).evaluate(() => 6 * 7), 42);
  assert.notEqual(context.browser(), before.browser());
  await browser.end(context);
  await browser.close();
});
