// A browser, an emulator of its own for each test file, and the words by which a person finds things.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { after, afterEach, beforeEach } from 'node:test';
import { chromium } from 'playwright-core';

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SHOTS = 'tests/e2e/screenshots';
export const OUT = 'tests/out';
export const ALL = Boolean(process.env.LATCHKEY_ALL);
/** How many times slower than this computer the browser works: what a journey does not wait for shows then. */
const SLOWER = Number(process.env.LATCHKEY_SLOWER ?? 1);

/** What a sample is drawn with: another one in every run, or the one that is asked for. */
export const SEED = Number(process.env.LATCHKEY_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Draws without replacement, by a seed. */
export const sample = (from, count, seed) => {
  let state = seed >>> 0;
  const draw = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const left = [...from];
  return Array.from({ length: Math.min(count, from.length) }, () => left.splice(draw(left.length), 1)[0]);
};

/**
 * How long, in milliseconds, a file may take to start, for one of its tests, or to end. A browser that no longer answers is waited for
 * without end by most of what asks it something.
 */
let limit = Number(process.env.LATCHKEY_LIMIT_MS ?? 600_000);
let doing = 'the start';
let watch;
const watched = (what) => {
  doing = what;
  clearTimeout(watch);
  watch = setTimeout(() => {
    // The runner would show nothing of a file that never ends, and would itself never end.
    console.error(`${doing} of ${process.argv[1]} took longer than ${limit / 1000} s. Still open: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, limit).unref();
};
// Measurements start emulators and browsers too, and take their time.
if (process.env.NODE_TEST_CONTEXT) {
  watched('the start');
  beforeEach(({ name }) => watched(`"${name}"`));
  afterEach(() => watched('what follows a test'));
}

/** Lets this file's start, each of its tests and its end take that many milliseconds. */
export const allow = (milliseconds) => {
  limit = milliseconds;
  watched(doing);
};

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill();
});
/** Ends the process with this file, however that ends: one that is left behind holds what the runner reads, and keeps it waiting. */
export const owned = (child) => {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * An emulator that runs: its origins, what it is told over Control, and how it ends.
 * @typedef {{ app: string, login: string, graph: string, control: (method: string, path: string, body?: unknown) => Promise<any>, stop: () => boolean }} Emulator
 */

/**
 * Starts the emulator on free ports.
 * @param {...string} options
 * @returns {Promise<Emulator>}
 */
export const startEmulator = async (...options) => {
  const ports = ['--app', '0', '--login', '0', '--graph', '0', '--control', '0'];
  const page = options.includes('--dist') ? [] : ['--dist', 'dist'];
  const child = owned(spawn('target/debug/emulator', [...page, ...ports, '--customers', '60', '--replication-ms', '300', ...options], { stdio: ['ignore', 'pipe', 'inherit'] }));
  const origins = { app: '', login: '', graph: '', control: '' };
  for await (const line of createInterface({ input: child.stdout })) {
    const open = line.match(/^Open (\S+)/);
    const others = line.match(/^Entra (\S+) {2}Graph (\S+) {2}Control (\S+)/);
    if (open) origins.app = open[1];
    if (others) {
      [, origins.login, origins.graph, origins.control] = others;
      break;
    }
  }
  assert.ok(origins.control, 'the emulator starts');
  const control = async (method, path, body) => {
    const answer = await fetch(origins.control + path, { method, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
  };
  return { ...origins, control, stop: () => child.kill() };
};

export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const launch = async (...flags) => {
  const start = () => chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags], timeout: 60_000 });
  try {
    return await start();
  } catch (error) {
    // Chromium on a busy machine sometimes never says that it is there. No page of ours has been opened yet.
    console.error(`Chromium did not start and is started once more: ${error.message}`);
    return start();
  }
};

/** Starts a browser that is there for every visitor: where Chromium no longer answers, another one takes its place. */
export const lasting = async (...flags) => {
  let browser = await launch(...flags);
  return {
    newContext: (options) => browser.newContext(options),
    newPage: () => browser.newPage(),
    close: () => browser.close(),
    /**
     * Closes a context, when all that it was asked is answered. Chromium never closes a tab that is in the middle of a reload, as another
     * tab's word may put it there.
     */
    end: async (context, patience = 20_000) => {
      let given;
      const lost = new Promise((resolve) => {
        given = setTimeout(resolve, patience, true);
      });
      const isLost = await Promise.race([context.close(), lost]);
      clearTimeout(given);
      if (!isLost) return;
      console.error('Chromium did not close a context, and another one is started in its place.');
      // It ends with this process if not before.
      void browser.close();
      browser = await launch(...flags);
    },
  };
};

/** What a test file plays on: an emulator and a browser of its own, gone when its tests are over. */
export const stage = async (options = [], flags = []) => {
  const [emulator, browser] = await Promise.all([startEmulator(...options), lasting(...flags)]);
  after(async () => {
    await browser.close();
    emulator.stop();
  });
  return { emulator, browser };
};

/** A visitor: a browser context whose pages note everything that must not happen. */
export class Visitor {
  /** @type {import('playwright-core').Page} */
  page;
  /** What the page last wrote to the clipboard. @type {string | null} */
  copied = null;

  static async arrive(browser, emulator, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await context.grantPermissions(['clipboard-write']);
    const visitor = new Visitor(context, emulator);
    if (browser.end) visitor.end = browser.end;
    await context.exposeBinding('noteCopy', (_, text) => {
      visitor.copied = text;
    });
    await context.exposeBinding('noteViolation', (_, text) => visitor.faults.push(`policy: ${text}`));
    // The page may write the clipboard but nobody may read it: what was written is noted on its way.
    await context.addInitScript(() => {
      const write = navigator.clipboard?.writeText.bind(navigator.clipboard);
      if (write) navigator.clipboard.writeText = (text) => write(text).then(() => window.noteCopy(text));
      document.addEventListener('securitypolicyviolation', (event) => window.noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
    });
    visitor.page = await visitor.open();
    return visitor;
  }

  /** Ends the context of this visitor. */
  end = (context) => context.close();

  constructor(context, emulator) {
    this.context = context;
    this.emulator = emulator;
    this.faults = [];
    this.console = [];
  }

  async open(path) {
    const page = await this.context.newPage();
    if (SLOWER > 1) await (await this.context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    const ours = new Set([this.emulator.app, this.emulator.login, this.emulator.graph]);
    page.on('pageerror', (error) => this.faults.push(`error: ${error}`));
    page.on('console', (message) => {
      this.console.push(message.text());
      const expected = /Failed to load resource|net::ERR_/.test(message.text());
      if (message.type() === 'error' && !expected) this.faults.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && !ours.has(url.origin)) this.faults.push(`foreign host: ${request.url()}`);
    });
    if (path !== undefined) await page.goto(this.emulator.app + path);
    return page;
  }

  /** The host allows other limits: `idleMinutes`, `signedInHours`. */
  async limit(limits) {
    await this.context.route('**/config.json', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), ...limits } });
    });
  }

  button(name, page = this.page) {
    return page.getByRole('button', { name, exact: true });
  }

  /** Microsoft's pages, from the email on. */
  async passMicrosoft(upn, page = this.page) {
    await page.getByRole('textbox', { name: 'Email' }).fill(upn);
    await this.button('Next', page).click();
    await page.getByRole('textbox', { name: 'Password' }).fill('emulator');
    await this.button('Sign in', page).click();
  }

  async signIn(upn, { consents = false } = {}) {
    await this.page.goto(this.emulator.app);
    await this.button('Sign in').click();
    await this.passMicrosoft(upn);
    if (consents) await this.button('Accept').click();
    await this.page.getByRole('article').first().waitFor();
  }

  async openWizard() {
    await this.button('Create App session').click();
    await this.button('App session').click();
    await this.page.getByRole('textbox', { name: 'Name' }).waitFor();
  }

  async next() {
    await this.button('Next').click();
  }

  async choosePermission(title, query = title.split(' ')[0]) {
    await this.page.getByRole('searchbox', { name: 'Search permissions' }).fill(query);
    await this.page.getByRole('checkbox', { name: title, exact: true }).check();
  }

  async chooseRole(name) {
    await this.page.getByRole('searchbox', { name: 'Search roles' }).fill(name);
    await this.page.getByRole('checkbox', { name, exact: true }).check();
  }

  /** Fills the wizard up to Review. */
  async fillWizard(/** @type {{ name?: string, permissions?: string[], roles?: string[], credential?: string, lifetime?: string }} */ { name = 'Nightly report', permissions = ['User.Read.All (application)', 'Calendars.Read (delegated)'], roles = [], credential, lifetime } = {}) {
    await this.openWizard();
    await this.page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.next();
    for (const permission of permissions) await this.choosePermission(permission);
    await this.next();
    if (credential) await this.page.getByRole('radio', { name: credential }).check();
    if (lifetime) await this.page.getByRole('combobox', { name: 'Lifetime' }).selectOption(lifetime);
    await this.next();
    for (const role of roles) await this.chooseRole(role);
    await this.next();
    await this.page.getByRole('table').waitFor();
  }

  /** Presses a copy button and asserts what reached the clipboard. */
  async copy(button, expected) {
    await this.button(button).click();
    await this.page.getByText(/ copied$/).first().waitFor();
    assert.equal(this.copied, expected);
    this.copied = null;
  }

  step(title) {
    return this.page.getByRole('list', { name: 'Steps', exact: true }).getByRole('listitem', { name: title });
  }

  runStatus() {
    return this.page.getByRole('status', { name: 'Run', exact: true });
  }

  async untilRun(state) {
    await this.runStatus().getByText(state, { exact: true }).waitFor({ timeout: 45_000 });
  }

  /** Makes, copies and saves the secret; returns its value. */
  async takeSecret() {
    await this.button('Show secret').click({ timeout: 45_000 });
    const box = this.page.getByRole('textbox', { name: 'Client secret value' });
    await box.waitFor();
    const value = await box.inputValue();
    await this.copy('Copy secret', value);
    await this.button('I have saved it').click();
    await this.untilRun('Done');
    return value;
  }

  /** Asserts that nothing happened that must not. */
  assertClean() {
    assert.deepEqual(this.faults, []);
  }

  async shot(name, page = this.page) {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  }

  /** Runs axe on the screen as it stands: light and dark, wide and narrow, with a screenshot of each. */
  async checkScreen(name) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      for (const [width, height] of [[1280, 800], [390, 844]]) {
        await this.page.emulateMedia({ colorScheme });
        await this.page.setViewportSize({ width, height });
        await this.shot(`${name}-${width}-${colorScheme}`);
        const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${name} at ${width}: ${wide} pixels too wide`);
        await this.page.evaluate(AXE);
        const found = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        const said = found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
        assert.deepEqual(said, [], `${name} ${width} ${colorScheme}`);
      }
    }
    const open = await this.page.locator('a[target=_blank]').evaluateAll((/** @type {HTMLAnchorElement[]} */ links) => links.filter((link) => !['noopener', 'noreferrer'].every((word) => link.relList.contains(word))).map((link) => link.href));
    assert.deepEqual(open, [], `${name}: a page that opens could reach back`);
    await this.page.emulateMedia({ colorScheme: 'light' });
    await this.page.setViewportSize({ width: 1280, height: 800 });
  }

  /** Everything that the browser keeps or shows, as one text. */
  async remains() {
    const kept = await this.page.evaluate(async () => {
      const parts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.documentElement.outerHTML, location.href, document.referrer, document.cookie];
      parts.push(...[.../** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */ (document.querySelectorAll('input, textarea'))].map((field) => field.value));
      for (const { name, version } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
          const opening = indexedDB.open(name, version);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error);
        });
        for (const store of database.objectStoreNames) {
          const values = await new Promise((resolve, reject) => {
            const reading = database.transaction(store).objectStore(store).getAll();
            reading.onsuccess = () => resolve(reading.result);
            reading.onerror = () => reject(reading.error);
          });
          parts.push(...values.map((value) => (value instanceof CryptoKey ? String(value.extractable) : JSON.stringify(value))));
        }
        database.close();
      }
      for (const name of await caches.keys()) parts.push(...(await (await caches.open(name)).keys()).map((request) => request.url));
      return parts.join('\n');
    });
    return [kept, ...this.console].join('\n');
  }

  /** Asserts that no token and no secret that the emulator gave out is to be found, in any usual encoding. */
  async assertNoMarks() {
    const marks = await this.emulator.control('GET', '/marks');
    assert.ok(marks.length > 2, 'the emulator gave out tokens');
    const remains = await this.remains();
    for (const mark of marks) {
      const bytes = Buffer.from(mark);
      for (const form of [mark, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex'), bytes.toString('utf16le'), encodeURIComponent(mark)]) {
        assert.ok(!remains.includes(form), `a token or secret is left behind: ${mark.slice(0, 12)}…`);
      }
    }
  }

  async leave() {
    await this.end(this.context);
  }
}

/** Keeps what was asked and answered for the check against OpenAPI, and asserts that no rule was broken. */
export const assertNoViolations = async (emulator, name) => {
  const requests = await emulator.control('GET', '/requests');
  mkdirSync(OUT, { recursive: true });
  writeFileSync(`${OUT}/requests-${name}.json`, JSON.stringify(requests));
  assert.deepEqual(requests.filter((entry) => entry.violations.length > 0), []);
  return requests;
};

export const tenantNamed = async (emulator, domain) => {
  const { tenants } = await emulator.control('GET', '/state');
  const [id, tenant] = Object.entries(tenants).find(([, entry]) => entry.domain === domain);
  return { id, ...tenant };
};
