// `./dev watch` in a copy of this folder: what is saved reaches the page that is open, and what does not compile leaves it as it was.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { allow, launch, owned } from '../e2e/support.mjs';

const BUILD = 1_200_000;
allow(2 * BUILD);

test('a saved style and a saved screen reach the page that is open, and a fault of the compiler leaves it as it was', { timeout: 2 * BUILD }, async (context) => {
  const place = mkdtempSync(join(tmpdir(), 'latchkey-watch-'));
  for (const file of execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    // Npm goes by the time of its lock file.
    cpSync(file, join(place, file), { preserveTimestamps: true });
  }
  mkdirSync(join(place, '.tools'));
  for (const shared of ['.tools/bin', 'node_modules']) symlinkSync(join(process.cwd(), shared), join(place, shared));

  const dev = owned(spawn('./dev', ['watch', '--app', '0', '--login', '0', '--graph', '0', '--control', '0'], { cwd: place, stdio: ['ignore', 'pipe', 'inherit'] }));
  const ended = once(dev, 'exit');
  const browser = await launch();
  context.after(async () => {
    await browser.close();
    dev.kill('SIGINT');
    await ended;
    rmSync(place, { recursive: true, force: true });
  });
  const work = async () => {
    const said = [];
    const waiting = new Set();
    createInterface({ input: dev.stdout }).on('line', (line) => {
      said.push(line);
      for (const look of waiting) look();
    });
    /** Waits for a line of the command, from the given one on. */
    const line = (pattern, from) =>
      new Promise((resolve) => {
        const look = () => {
          const found = said.slice(from).find((text) => pattern.test(text));
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    const open = (await line(/^Open \S+$/, 0)).split(' ')[1];
    const page = await browser.newPage();
    await page.goto(`${open}/app/settings`);
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor({ timeout: BUILD });

    /** Saves a file, and waits until the page that is open shows it. */
    const save = async (file, change, isShown) => {
      const began = performance.now();
      change(join(place, file));
      await isShown();
      context.diagnostic(`${file}: on screen ${((performance.now() - began) / 1000).toFixed(1)} s after it was saved`);
    };
    await save(
      'style/base.css',
      (path) => appendFileSync(path, '\nbody { outline-color: rgb(1, 2, 3); }\n'),
      () => page.waitForFunction(() => getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)', null, { timeout: BUILD }),
    );
    const screen = 'src/components/settings.rs';
    const text = readFileSync(screen, 'utf8');
    const changed = text.replace('<h1>{Words::Title.text()}</h1>', '<h1>"Settings of today"</h1>');
    assert.notEqual(changed, text, 'the heading is there to be changed');
    const heading = (name) => page.getByRole('heading', { name, exact: true }).waitFor({ timeout: BUILD });
    // Saved as editors do: written beside the file, and put in its place.
    const put = (content) => (path) => {
      writeFileSync(`${path}~`, content);
      renameSync(`${path}~`, path);
    };
    await save(screen, put(changed), () => heading('Settings of today'));

    const from = said.length;
    put(`${changed}\nfn`)(join(place, screen));
    await line(/the page stays as it was$/, from);
    await page.reload();
    await heading('Settings of today');
    await save(screen, put(text), () => heading('Settings'));
    return 'done';
  };
  assert.equal(await Promise.race([work(), ended.then(([code, signal]) => `./dev watch ended with ${code ?? signal}`)]), 'done');
});
