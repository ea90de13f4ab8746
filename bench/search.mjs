// Typing into the search through 1,000, 10,000 and 100,000 customers: this page, the React page of bench/peer/search with the same
// customers, and a page with nothing but a text field.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { chromium } from 'playwright-core';
import { CHROMIUM, FLAGS, Visitor, launch, startEmulator } from '../tests/e2e/support.mjs';
import { listen } from '../tests/ports.mjs';
import { record } from './results.mjs';

const SIZES = [1_000, 10_000, 100_000];
const QUERIES = ['northwind', 'gmbh', 'müller', 'straße', 'harbour bay', 'legal north', 'customer123', 'example', 'النور', 'שלום', '東京', 'भारत', 'заря банк', 'ήλιος', 'a', 'e s', 'lodz', 'kovač', '한빛', 'zzz nothing'];
const PAUSE_MS = 120;
/** How long a renderer is looked at for its memory: browsers collect what is not used any more when a page has been still for a while. */
const STILL_MS = 45_000;
const LOOK_MS = 500;

const EMPTY = `<!doctype html><title>Empty</title><input type="search" aria-label="Search customers" autofocus><div role="grid" data-query=""></div>
<script>document.querySelector('input').addEventListener('input', (event) => { document.querySelector('[role=grid]').dataset.query = event.target.value; });</script>`;

const servePeer = async (folder, customers) => {
  const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : request.url;
    if (path === '/empty') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(EMPTY);
    if (path === '/customers.json') return response.writeHead(200, { 'Content-Type': 'application/json' }).end(customers);
    if (path === '/favicon.ico') return response.writeHead(204).end();
    return response.writeHead(200, { 'Content-Type': types[path.split('.').pop()] }).end(readFileSync(folder + path));
  });
  return { origin: `http://localhost:${await listen(server)}`, close: () => server.close() };
};

/** Notes when the JSON came, when the first row was painted, and how long each key took until what it found was painted. */
const WATCH = () => {
  const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
  });
  window.keys = [];
  window.came = [];
  for (const method of ['arrayBuffer', 'text', 'json']) {
    const read = Response.prototype[method];
    Response.prototype[method] = async function come() {
      const body = await read.call(this);
      if (window.came.length === 0 && (this.url.endsWith('$batch') || this.url.endsWith('customers.json'))) {
        const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
        if (/"tenantId"/.test(text)) window.came.push(performance.now());
      }
      return body;
    };
  }
  let pressed = null;
  addEventListener('keydown', (event) => {
    pressed = event.timeStamp;
  }, true);
  const look = () => {
    const grid = /** @type {HTMLElement} */ (document.querySelector('[role=grid]'));
    if (!window.firstRow && document.querySelector('[role=row]:not([hidden])')) {
      window.firstRow = -1;
      painted((at) => {
        window.firstRow = at;
      });
    }
    const field = /** @type {HTMLInputElement} */ (document.querySelector('input[type=search]'));
    if (pressed !== null && grid && field && grid.dataset.query === field.value) {
      const from = pressed;
      pressed = null;
      painted((at) => window.keys.push(at - from));
    }
  };
  window.watcher = new MutationObserver(look);
  window.watcher.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-query', 'hidden'] });
};

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;
const three = (values) => [0.5, 0.95, 1].map((q) => quantile(values, q).toFixed(1)).join(' / ');
const pause = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
});

/**
 * What the main thread did for each key, until the next one, from a trace: `work` is script, style, layout and paint (what
 * DevTools names so: all but the browser's own part of a task), `tasks` is all of it.
 */
const workOf = (trace) => {
  const { traceEvents } = JSON.parse(trace);
  const presses = traceEvents.filter((event) => event.name === 'EventDispatch' && event.args?.data?.type === 'keydown').toSorted((a, b) => a.ts - b.ts);
  const spans = traceEvents.filter((event) => event.ph === 'X' && event.pid === presses[0]?.pid && event.tid === presses[0]?.tid);
  const tasks = spans.filter((span) => span.name === 'RunTask');
  let end = 0;
  const outermost = spans.filter((span) => span.name !== 'RunTask').toSorted((a, b) => a.ts - b.ts || b.dur - a.dur).filter((span) => {
    const isOutermost = span.ts >= end;
    if (isOutermost) end = span.ts + span.dur;
    return isOutermost;
  });
  const ofKeys = (those) => presses.map(({ ts }, index) => {
    const until = Math.min(presses[index + 1]?.ts ?? Infinity, ts + PAUSE_MS * 1000);
    return those.filter((span) => span.ts + span.dur > ts && span.ts < until).reduce((sum, span) => sum + span.dur / 1000, 0);
  });
  return { work: ofKeys(outermost), tasks: ofKeys(tasks) };
};

const typeAll = async (page) => {
  const cdp = await page.context().newCDPSession(page);
  const field = page.getByRole('searchbox', { name: 'Search customers' });
  await field.focus();
  for (const query of QUERIES) {
    for (const letter of query) {
      await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key: letter, text: letter });
      await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key: letter });
      await pause(PAUSE_MS);
    }
    await field.fill('');
    await pause(PAUSE_MS);
  }
};

/** Memory of the largest renderer of a browser, in MB; the browser's own surface is drawn by a renderer as well. */
const memory = (group) => {
  const size = (id) => {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
      const itsGroup = Number(readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ')[2]);
      if (itsGroup !== group || !command.includes('--type=renderer') || command.includes('--top-chrome-webui')) return 0;
      return Number(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1]) / 1024;
    } catch {
      // It has ended meanwhile.
      return 0;
    }
  };
  return Math.max(...readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(size));
};

/** Opens an address in a browser that nobody watches, since a debugger keeps what the page is rid of. Returns the most memory that its renderer took, and what it takes at rest. */
const memoryAlone = async (address, profile = mkdtempSync(`${tmpdir()}/latchkey-`)) => {
  const child = spawn(CHROMIUM, ['--headless', ...FLAGS, `--user-data-dir=${profile}`, '--window-size=1280,888', address], { stdio: 'ignore', detached: true });
  const sizes = [];
  for (let still = 0; still < STILL_MS; still += LOOK_MS) {
    await pause(LOOK_MS);
    sizes.push(memory(child.pid));
  }
  process.kill(-child.pid);
  await new Promise((resolve) => child.once('exit', resolve));
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  return { most: Math.max(...sizes), rest: sizes.at(-1) };
};

/** Types everything twice: once for the times to paint, and once under a trace, which costs time and memory itself. */
const typed = async (browser, page) => {
  await page.evaluate(() => window.keys.splice(0));
  await typeAll(page);
  const paint = await page.evaluate(() => window.keys);
  if (paint.length < QUERIES.join('').length) throw new Error(`${paint.length} keys were painted before the next one, of ${QUERIES.join('').length}`);
  // Watching costs as well.
  await page.evaluate(() => window.watcher.disconnect());
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await typeAll(page);
  const trace = await browser.stopTracing();
  return { paint, ...workOf(trace.toString()) };
};

/** The longest time between two frames while the list is scrolled by the wheel, from one end to the other, in ms. */
const scroll = async (page) => {
  const box = await page.getByRole('grid').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => {
    window.drawn = [];
    const next = (at) => {
      window.drawn.push(at);
      if (window.drawn) window.frame = requestAnimationFrame(next);
    };
    window.frame = requestAnimationFrame(next);
  });
  for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, 400);
  await page.evaluate(() => {
    const grid = document.querySelector('[role=grid]');
    grid.scrollTop = grid.scrollHeight / 2;
  });
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, -2000);
  return page.evaluate(() => {
    cancelAnimationFrame(window.frame);
    return Math.max(...window.drawn.slice(1).map((at, index) => at - window.drawn[index]));
  });
};

/** From the JSON that the first row was in to that row on screen, in ms. */
const first = async (page) => {
  await page.waitForFunction(() => window.firstRow > 0);
  return page.evaluate(() => window.firstRow - window.came[0]);
};

/** Signs in, to stay signed in when the tab is closed. */
const stay = async (visitor) => {
  await visitor.signIn('tech@partner.example');
  await visitor.page.getByRole('checkbox', { name: /Keep me signed in/ }).check();
};

const readAll = async (visitor) => {
  await visitor.page.goto(`${visitor.emulator.app}/app/partner`);
  await visitor.page.getByText(/^Read (just now|\d)/).waitFor({ timeout: 300_000 });
};

const ours = async (count) => {
  const emulator = await startEmulator('--customers', String(count));
  const browser = await launch();
  const visitor = await Visitor.arrive(browser, emulator);
  await stay(visitor);
  await visitor.context.addInitScript(WATCH);
  const began = Date.now();
  await readAll(visitor);
  const whole = (Date.now() - began) / 1000;
  const firstRow = await first(visitor.page);
  // As it is opened every day: in a new tab, from what is kept.
  const page = await visitor.open();
  await visitor.page.close();
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText(/^Read (just now|\d)/).waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => window.firstRow > 0);
  const kept = await page.evaluate(() => window.firstRow);
  const result = { first: firstRow, kept, whole, ...(await typed(browser, page)), scroll: await scroll(page) };
  // The same customers for the peer.
  const customers = await page.evaluate(async () => {
    const resultOf = (request) => new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const database = await resultOf(indexedDB.open('latchkey'));
    const chunks = await resultOf(database.transaction('customers').objectStore('customers').getAll());
    const idsOf = (text) => [...atob(text)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/g, '$1-$2-$3-$4-$5 ').split(' ');
    return chunks.map((chunk) => JSON.parse(chunk)).filter((chunk) => chunk.names).flatMap(({ ids, names, domains, ties }) => {
      const tenants = idsOf(ids);
      return names.map((name, at) => ({ tenantId: tenants[at], displayName: name, defaultDomainName: domains[at] ?? undefined, status: ties[at][1]?.[0] }));
    });
  });
  if (customers.length !== count) throw new Error(`${customers.length} customers are kept, not ${count}`);
  await browser.close();
  const address = `${emulator.app}/app/partner`;
  const atRest = await memoryAlone(address, await signedIn(emulator, readAll));
  const memoryOfReading = await memoryAlone(address, await signedIn(emulator, waitUntilKept));
  emulator.stop();
  return { result: { ...result, memory: atRest, memoryOfReading }, customers: JSON.stringify(customers) };
};

/** Waits until the sign-in is kept for another tab. */
const waitUntilKept = (visitor) =>
  visitor.page.waitForFunction(async () => {
    const resultOf = (request) => new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const database = await resultOf(indexedDB.open('latchkey'));
    const count = await resultOf(database.transaction('sealed').objectStore('sealed').count());
    database.close();
    return count > 0;
  });

/** Returns the profile of a browser in which somebody is signed in, who did something there last. */
const signedIn = async (emulator, last) => {
  const profile = mkdtempSync(`${tmpdir()}/latchkey-`);
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: FLAGS });
  const visitor = new Visitor(context, emulator);
  visitor.page = await visitor.open();
  await stay(visitor);
  await last(visitor);
  await context.close();
  return profile;
};

const theirs = async (address) => {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(WATCH);
  await page.goto(address);
  const isEmpty = address.endsWith('/empty');
  /** @type {Awaited<ReturnType<typeof typed>> & { first?: number, scroll?: number }} */
  const result = isEmpty ? await typed(browser, page) : { first: await first(page), ...(await typed(browser, page)), scroll: await scroll(page) };
  await browser.close();
  return { ...result, memory: await memoryAlone(address) };
};

/** Measures all sizes and records the table. */
export const search = async (version, sizes = SIZES) => {
  execFileSync('npx', ['vite', 'build', 'search', '--outDir', '../dist-search', '--emptyOutDir', '--logLevel', 'error'], { cwd: 'bench/peer', stdio: 'inherit' });
  const lines = [
    `${QUERIES.length} queries, ${QUERIES.join('').length} keys, ${PAUSE_MS} ms apart; times in ms. Work is that of the main thread for a key (script, style, layout, paint), from a trace; tasks are that and what the browser does besides, as a text field alone needs it too; key to paint ends when what the key found is painted. p50 / p95 / max. Memory is the renderer's PSS in a browser that nobody watches, looked at twice a second for ${STILL_MS / 1000} s after the page was opened: most / at rest.`,
    '',
    '| customers | page | work for a key | tasks of a key | key to paint | longest frame in scrolling | first row after the JSON | memory, MB |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const notes = [];
  for (const count of sizes) {
    const { result, customers } = await ours(count);
    const peer = await servePeer('bench/peer/dist-search', customers);
    const react = await theirs(`${peer.origin}/`);
    const empty = await theirs(`${peer.origin}/empty`);
    peer.close();
    const name = count.toLocaleString('en');
    const held = ({ most, rest }) => `${most.toFixed(0)} / ${rest.toFixed(0)}`;
    for (const [page, found] of Object.entries({ Latchkey: result, React: react })) {
      lines.push(`| ${name} | ${page} | ${three(found.work)} | ${three(found.tasks)} | ${three(found.paint)} | ${found.scroll.toFixed(0)} | ${found.first.toFixed(0)} | ${held(found.memory)} |`);
    }
    lines.push(`| | a text field alone | ${three(empty.work)} | ${three(empty.tasks)} | ${three(empty.paint)} | | | ${held(empty.memory)} |`);
    const ratio = (q) => (quantile(react.paint, q) / quantile(result.paint, q)).toFixed(1);
    notes.push(`- ${name}: key to paint, React to Latchkey, p50 ${ratio(0.5)}, p95 ${ratio(0.95)}; the whole list read from the emulator's Graph in ${result.whole.toFixed(1)} s, in a tab that takes ${held(result.memoryOfReading)} MB; opened again from what is kept, the first row is painted ${result.kept.toFixed(0)} ms after the navigation began.`);
  }
  record('Search through the customers', version, [...lines, '', ...notes]);
};
