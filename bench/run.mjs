// Measures beside a peer page in the same run: `size` (bytes of the first load), `cold-start` (first paint, and the time
// until a press of Sign in leaves for Microsoft) `search` (search.mjs), `matrix` (matrix.mjs) and `run` (rounds.mjs). The tables go to
// bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { hashOf, securityHeaders } from '../scripts/policy.mjs';
import { listen } from '../tests/ports.mjs';
import { matrix } from './matrix.mjs';
import { record } from './results.mjs';
import { rounds } from './rounds.mjs';
import { search } from './search.mjs';

const RUNS = 9;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const CONDITIONS = [
  { name: 'as it is', cpu: 1 },
  { name: '4x slower CPU', cpu: 4 },
  { name: '4x slower CPU, 1.6 Mbit/s, 150 ms', cpu: 4, network: { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8), uploadThroughput: (1.6e6 / 8) } },
];
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', wasm: 'application/wasm', json: 'application/json', svg: 'image/svg+xml' };

const walk = (folder) => readdirSync(folder).flatMap((name) => (statSync(`${folder}/${name}`).isDirectory() ? walk(`${folder}/${name}`) : [`${folder}/${name}`]));
const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

/** Serves a folder as a static host does: compressed ahead, the same headers for both pages. */
const serve = async (folder) => {
  const server = createServer();
  const origin = `http://localhost:${await listen(server)}`;
  const files = new Map();
  for (const path of walk(folder)) {
    let bytes = readFileSync(path);
    if (path.endsWith('/config.json')) bytes = Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString()), redirectOrigin: origin, clientId: '5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef' }));
    files.set(path.slice(folder.length), { bytes, brotli: brotli(bytes), gzip: gzipSync(bytes, { level: 9 }) });
  }
  const { 'Content-Security-Policy': policy, ...others } = securityHeaders('emulator', hashOf(readFileSync('dist/index.html', 'utf8').match(/<style>([^<]*)/)[1]));
  const headers = folder === 'dist' ? { 'Content-Security-Policy': policy, ...others } : others;
  server.on('request', (request, response) => {
    const path = new URL(request.url, origin).pathname;
    const file = files.get(path === '/' ? '/index.html' : path);
    if (!file) return response.writeHead(404).end();
    const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
    response.writeHead(200, { ...headers, 'Content-Type': TYPES[path.split('.').pop()] ?? 'text/html', 'Content-Encoding': 'br', 'Cache-Control': cache });
    return response.end(file.brotli);
  });
  return { origin, files, close: () => server.close() };
};

const PRESS = () => {
  // Presses Sign in as soon as it is there and enabled, as a person with a fast hand would.
  const look = () => {
    const button = [...document.querySelectorAll('button')].find((found) => found.textContent === 'Sign in' && !found.disabled);
    if (button) button.click();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

/** One cold visit: times in ms from the start of the navigation, and the paths that were loaded. */
const visit = async (browser, site, condition, presses) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: condition.cpu });
  if (condition.network) await cdp.send('Network.emulateNetworkConditions', condition.network);
  if (presses) await page.addInitScript(PRESS);
  const paths = new Set();
  let began;
  const left = new Promise((resolve) => {
    cdp.on('Network.requestWillBeSent', ({ request, timestamp }) => {
      const url = new URL(request.url);
      if (url.origin === site.origin) {
        began ??= timestamp;
        paths.add(url.pathname);
      }
      if (url.pathname.endsWith('/authorize')) resolve((timestamp - began) * 1000);
    });
  });
  await page.route('**/authorize*', (route) => route.abort());
  await page.goto(`${site.origin}/`, { waitUntil: 'commit' });
  let paint = null;
  let works = null;
  if (presses) {
    works = await Promise.race([left, page.waitForTimeout(60_000)]);
    if (works === undefined) throw new Error(`${site.origin}: Sign in did not leave within a minute`);
  } else {
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.waitForLoadState('networkidle');
    paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
  }
  await context.close();
  return { paint, works, paths };
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const what = process.argv[2] ?? 'all';
const needsPeer = ['all', 'size', 'cold-start', 'search'].includes(what);
if (needsPeer && !existsSync('bench/peer/node_modules/.package-lock.json')) execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: 'bench/peer', stdio: 'inherit' });
if (needsPeer) execFileSync('npx', ['vite', 'build', '--logLevel', 'error'], { cwd: 'bench/peer', stdio: 'inherit' });

const sites = needsPeer ? { Latchkey: await serve('dist'), peer: await serve('bench/peer/dist') } : {};
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: FLAGS });
const version = browser.version();

if (what === 'all' || what === 'size') {
  const lines = [];
  lines.push('| page | files | brotli 11 | gzip 9 |', '|---|---|---|---|');
  for (const [name, site] of Object.entries(sites)) {
    const { paths } = await visit(browser, site, CONDITIONS[0], false);
    const loaded = [...paths].map((path) => site.files.get(path === '/' ? '/index.html' : path)).filter(Boolean);
    const sum = (kind) => loaded.reduce((total, file) => total + file[kind].length, 0).toLocaleString('en');
    lines.push(`| ${name} | ${loaded.length} | ${sum('brotli')} | ${sum('gzip')} |`);
  }
  const application = [...sites.Latchkey.files].filter(([path]) => path.startsWith('/assets/latchkey'));
  const sum = (kind) => application.reduce((total, [, file]) => total + file[kind].length, 0).toLocaleString('en');
  lines.push('', `The first load is the door: the page, its style and the module behind Sign in. The application is loaded when somebody reaches for Sign in or comes back signed in: ${sum('brotli')} bytes with brotli, ${sum('gzip')} with gzip.`);
  record('Bytes of the first load', version, lines);
}

if (what === 'all' || what === 'cold-start') {
  const lines = [`Medians of ${RUNS}, in ms.`, ''];
  lines.push('| condition | page | first paint | Sign in leaves for Microsoft |', '|---|---|---|---|');
  for (const condition of CONDITIONS) {
    const results = { Latchkey: { paint: [], works: [] }, peer: { paint: [], works: [] } };
    for (let run = 0; run < RUNS; run += 1) {
      for (const [name, site] of Object.entries(sites)) {
        results[name].paint.push((await visit(browser, site, condition, false)).paint);
        results[name].works.push((await visit(browser, site, condition, true)).works);
      }
    }
    for (const [name, { paint, works }] of Object.entries(results)) {
      lines.push(`| ${condition.name} | ${name} | ${Math.round(median(paint))} | ${Math.round(median(works))} |`);
    }
  }
  record('Cold start', version, lines);
}

await browser.close();
Object.values(sites).forEach((site) => site.close());
if (what === 'all' || what === 'search') await search(version, process.argv[3]?.split(',').map(Number));
if (what === 'all' || what === 'matrix') await matrix(version);
if (what === 'all' || what === 'run') await rounds(version, process.argv[3]?.split(',').map(Number));
