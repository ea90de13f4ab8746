// What a person does with the page, in whatever engine: looks for things by role and name, presses, types and reads.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OUT } from '../e2e/support.mjs';

const FINDER = readFileSync(createRequire(import.meta.url).resolve('@testing-library/dom/dist/@testing-library/dom.umd.min.js'), 'utf8');
const WAIT_MS = 45_000;
const LOOK_MS = 50;

/** Runs in each page: `latchkeyFind` follows a path from the outermost to the thing itself, each part a role with a name, or a label. */
const find = (path) => {
  const finder = window.TestingLibraryDom;
  const matcher = (name) => (name?.source ? new RegExp(name.source, name.flags) : name);
  const inside = (scope, { role, name, label }) => (label ? finder.queryAllByLabelText(scope, matcher(label)) : finder.queryAllByRole(scope, role, { name: matcher(name) }));
  return path.reduce((scopes, part) => scopes.flatMap((scope) => inside(scope, part)), [document.body]);
};
/** The same, ready for the mouse or the keys; null while it is not. */
const ready = (path) => {
  const [element] = window.latchkeyFind(path);
  if (!element || element.disabled) return null;
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  if (element.select) {
    element.focus();
    element.select();
  }
  return element;
};

const named = (role) => (name) => ({ role, name });
export const [button, box, searchbox, checkbox, radio, article, banner, dialog, row, status, grid, list] = [
  'button', 'textbox', 'searchbox', 'checkbox', 'radio', 'article', 'banner', 'dialog', 'row', 'status', 'grid', 'list',
].map(named);
export const labelled = (label) => ({ label });

const shown = (path) => path.map(({ role = 'label', name, label }) => `${role} ${name ?? label ?? ''}`).join(' > ') || 'the page';
const plain = (value) => (value instanceof RegExp ? { source: value.source, flags: value.flags } : value);
const sent = (path) => path.map((part) => Object.fromEntries(Object.entries(part).map(([key, value]) => [key, plain(value)])));

export class Visitor {
  /** `start` is that of firefox.mjs or webkit.mjs. */
  constructor(start, emulator) {
    this.start = start;
    this.emulator = emulator;
    this.folder = mkdtempSync(join(tmpdir(), 'latchkey-engine-'));
    this.downloads = join(this.folder, 'downloads');
    for (const name of ['downloads', 'profile']) mkdirSync(join(this.folder, name));
    this.faults = [];
  }

  /** Starts the browser, with what it kept from last time. */
  async begin() {
    this.engine = await this.start({ profile: join(this.folder, 'profile'), downloads: this.downloads });
  }

  /** Closes the browser; what it keeps over that stays. */
  async close() {
    const { engine } = this;
    if (!engine) return;
    this.engine = null;
    await engine.stop();
    this.faults.push(...engine.messages.filter((message) => message.isFault).map((message) => message.text));
  }

  /** Closes the browser for good. Processes of it may write for a moment longer. */
  async leave() {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** Looks until `look` returns something. What fails because the page changes meanwhile is tried again. */
  async until(what, look) {
    const deadline = Date.now() + WAIT_MS;
    let trouble;
    for (;;) {
      try {
        const found = await look();
        if (found) return found;
        trouble = undefined;
      } catch (error) {
        trouble = error;
      }
      if (Date.now() > deadline) {
        mkdirSync(OUT, { recursive: true });
        await this.engine.screenshot(`${OUT}/engine-failure.png`);
        throw new Error(`${this.engine.version}: ${what} did not come. ${await this.engine.run(() => `${location.href}\n${document.body.innerText}`)}`, { cause: trouble });
      }
      await pause(LOOK_MS);
    }
  }

  /** Runs a script on what a path leads to, with the finder at hand. */
  async inPage(how, script, path) {
    if (!(await this.engine.run(() => Boolean(window.latchkeyFind)))) await this.engine.load(`${FINDER}\nwindow.latchkeyFind = ${find};`);
    return this.engine[how](script, sent(path));
  }

  act(what, path, act) {
    return this.until(`${what} ${shown(path)}`, async () => {
      const element = await this.inPage('find', ready, path);
      if (!element) return false;
      await act(element);
      return true;
    });
  }

  open(path = '') {
    return this.engine.open(this.emulator.app + path);
  }

  press(...path) {
    return this.act('pressing', path, (element) => this.engine.press(element));
  }

  /** Types into a field, in place of what is in it. */
  type(text, ...path) {
    return this.act('typing into', path, (element) => this.engine.type(element, text));
  }

  chooseFile(file, ...path) {
    return this.act('a file for', path, (element) => this.engine.choose(element, file));
  }

  /** Ticks a box or a radio button. */
  async tick(...path) {
    await this.press(...path);
    await this.until(`a tick at ${shown(path)}`, () => this.isTicked(...path));
  }

  count(...path) {
    return this.inPage('run', (parts) => window.latchkeyFind(parts).length, path);
  }

  /** Waits until that is there. */
  meets(...path) {
    return this.until(shown(path), () => this.count(...path));
  }

  /** Returns what stands there to read. */
  read(...path) {
    return this.inPage('run', (parts) => (window.latchkeyFind(parts)[0] ?? document.createElement('p')).innerText, path);
  }

  /** Waits until these words stand there. */
  sees(words, ...path) {
    return this.until(`“${words}” in ${shown(path)}`, async () => (words instanceof RegExp ? words.test(await this.read(...path)) : (await this.read(...path)).includes(words)));
  }

  /** Waits until a field has a value, and returns it. */
  value(...path) {
    return this.until(`a value of ${shown(path)}`, () => this.inPage('run', (parts) => window.latchkeyFind(parts)[0]?.value, path));
  }

  isTicked(...path) {
    return this.inPage('run', (parts) => window.latchkeyFind(parts)[0].checked, path);
  }

  /** Waits for a file that the page hands over, and returns its text. */
  downloaded(ending) {
    return this.until(`a file *${ending}`, () => {
      const name = readdirSync(this.downloads).find((known) => known.endsWith(ending));
      return name && readFileSync(join(this.downloads, name), 'utf8');
    });
  }

  /** Microsoft's pages, from the email on. */
  async passMicrosoft(upn, password = 'emulator') {
    await this.type(upn, box('Email'));
    await this.press(button('Next'));
    await this.type(password, labelled('Password'));
    await this.press(button('Sign in'));
  }

  async signIn(upn) {
    await this.open();
    await this.press(button('Sign in'));
    await this.passMicrosoft(upn);
    await this.meets(article());
  }
}
