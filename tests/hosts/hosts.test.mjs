// The page behind each way of hosting: its headers and routes by the list, and a person who signs in, gives consent and follows links.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, describe, test } from 'node:test';
import { filesOf } from '../../scripts/dist-gate.mjs';
import { CACHE, cacheOf, hashOf, securityHeaders } from '../../scripts/policy.mjs';
import { Visitor, launch, startEmulator } from '../e2e/support.mjs';
import { listen } from '../ports.mjs';
import { HOSTS, freePort, serve } from './servers.mjs';

// The page's own registration in the emulator.
const CLIENT = '5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef';
const ports = await Promise.all(HOSTS.map(freePort));
const [emulator, browser] = await Promise.all([startEmulator(...ports.flatMap((port) => ['--page-origin', `http://localhost:${port}`])), launch()]);
after(async () => {
  await browser.close();
  emulator.stop();
});

const html = readFileSync('dist/index.html', 'utf8');
const style = hashOf(html.match(/<style>([^<]*)<\/style>/)[1]);
const policy = Object.fromEntries(
  Object.entries(securityHeaders('emulator', style)).map(([name, value]) => [
    name.toLowerCase(),
    value.replaceAll('http://localhost:8401', emulator.login).replaceAll('http://localhost:8402', emulator.graph),
  ]),
);
const TYPES = { html: /^text\/html/, js: /^(text|application)\/javascript/, css: /^text\/css/, wasm: /^application\/wasm$/, json: /^application\/json/, svg: /^image\/svg\+xml/, txt: /^text\/plain/ };
const typeOf = (path) => TYPES[path.match(/\.(\w+)$/)?.[1] ?? 'html'];

const PAGES = ['/', '/auth', '/consent', '/app/new', '/app/new/app-session'];
const PATTERNS = ['/app/run/6a1f0c52-4a7e-4a8e-9a3c-1d0c2b7f9e11', '/app/nothing'];
const FILES = filesOf('dist').map((name) => `/${name}`).filter((path) => !path.endsWith('.html'));
const MISSING = [
  '/nothing', '/nothing/', '/nothing.html', '/app.js', '/assets/nothing.js', '/assets/nothing.wasm', '/assets/nothing/', '/assets/', '/boot.js.map',
  ...['_headers', '_redirects', 'staticwebapp.config.json', 'latchkey.conf', 'nginx.conf', 'latchkey.caddy', 'Caddyfile', '.htaccess', 'Dockerfile'].map((name) => `/${name}`),
];

/** Asserts that an answer has every header of the list, and is kept as long as that says. */
const assertHeaders = (host, path, answer, cache) => {
  if (host.lacks.headers) return;
  for (const [name, value] of Object.entries(policy)) assert.equal(answer.headers.get(name), value, `${path}: ${name}`);
  assert.equal(answer.headers.get('access-control-allow-origin'), null, path);
  if (cache) assert.equal(answer.headers.get('cache-control'), cache, `${path}: cache-control`);
};

for (const [index, host] of HOSTS.entries()) {
  describe(`${host.name} ${host.version()}`, async () => {
    const site = await serve(host, { ...emulator, clientId: CLIENT }, ports[index]);
    const at = { ...emulator, app: site.origin };
    after(() => site.stop());

    test('every address of the page is the page', async () => {
      for (const path of [...PAGES, ...(host.lacks.routes ? [] : PATTERNS)]) {
        const answer = await fetch(site.origin + path);
        assert.equal(answer.status, 200, path);
        assert.match(answer.headers.get('content-type'), TYPES.html, path);
        assert.match(await answer.text(), /data-door-js/, path);
        assert.equal(answer.redirected, Boolean(host.lacks.routes) && path !== '/', `${path} answers by itself`);
        assertHeaders(host, path, answer, CACHE.never);
      }
    });

    test('every file has its type, and is kept as long as it may be', async () => {
      for (const path of FILES) {
        const answer = await fetch(site.origin + path);
        assert.equal(answer.status, 200, path);
        assert.match(answer.headers.get('content-type'), typeOf(path), path);
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (path !== '/config.json') assert.ok(bytes.equals(readFileSync(`dist${path}`)), path);
        assertHeaders(host, path, answer, cacheOf(path));
      }
    });

    test('what does not exist is a 404 that nobody keeps, and no header file is public', async () => {
      // A host of plain files lists its folders.
      for (const path of MISSING.filter((missing) => missing !== '/assets/' || !host.lacks.routes)) {
        const answer = await fetch(site.origin + path);
        const hidden = host.answers[path];
        assert.equal(answer.status, hidden ?? 404, path);
        const text = await answer.text();
        assert.doesNotMatch(text, /Content-Security-Policy: |add_header|globalHeaders|FROM nginx/, path);
        if (hidden) continue;
        if (!host.lacks.headers) assert.match(text, /There is nothing at this address/, path);
        assert.doesNotMatch(answer.headers.get('cache-control') ?? '', /max-age=[1-9]|immutable/, path);
        if (host.lacks.headersOnMissing) assert.equal(answer.headers.get('content-security-policy'), null, `${host.lacks.headersOnMissing}: no longer`);
        else assertHeaders(host, path, answer);
      }
    });

    test('a person signs in, goes on after a reload, and opens a deep link', async () => {
      const visitor = await Visitor.arrive(browser, at);
      const { page } = visitor;
      await visitor.signIn('admin@partner.example');
      assert.equal(page.url(), `${site.origin}/`);
      await page.reload();
      await page.getByRole('banner').getByText('admin@partner.example').waitFor();
      await page.goto(`${site.origin}/app/new/app-session`);
      await page.getByRole('textbox', { name: 'Name' }).waitFor();
      assert.equal(page.url(), `${site.origin}/app/new/app-session`);
      await visitor.assertNoMarks();
      visitor.assertClean();
      await visitor.leave();
    });

    test('an administrator who was sent the link gives consent, and the answer leaves the address', async () => {
      const visitor = await Visitor.arrive(browser, at);
      const { page } = visitor;
      await page.goto(`${site.origin}/consent#client=${CLIENT}&asker=Tilo%20Technician`);
      await page.getByText('Tilo Technician').waitFor();
      await visitor.button('Give consent now').click();
      await visitor.passMicrosoft('admin@fresh.example');
      await visitor.button('Accept').click();
      await page.getByText('The answer in the address says that the permissions were accepted.').waitFor();
      assert.equal(page.url(), `${site.origin}/consent`);
      visitor.assertClean();
      await visitor.leave();
    });

    test('T24: no page of another origin frames it', async (t) => {
      const frame = createServer((_, response) => response.setHeader('content-type', 'text/html').end(`<iframe src="${site.origin}/"></iframe>`));
      const port = await listen(frame);
      t.after(() => frame.close());
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/`);
      // Without headers the page itself refuses.
      if (host.lacks.headers) await page.frameLocator('iframe').getByText('This page does not run inside another page').waitFor();
      else await page.frames()[1].waitForURL('chrome-error://chromewebdata/');
      assert.equal(await page.frameLocator('iframe').getByRole('button', { name: 'Sign in' }).count(), 0);
      await page.close();
    });

    test('a person at an address that does not exist is told so', async () => {
      const visitor = await Visitor.arrive(browser, at);
      const answer = await visitor.page.goto(`${site.origin}/nothing`);
      assert.equal(answer.status(), 404);
      if (!host.lacks.headers) {
        await visitor.page.getByRole('link', { name: 'Go to Latchkey' }).click();
        await visitor.button('Sign in').waitFor();
      }
      await visitor.leave();
    });
  });
}
