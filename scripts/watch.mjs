// Builds the page without optimizing it, serves it with the emulator, and builds again what an edit changed. An open page starts anew.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, renameSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';

const PLACE = '.tools/watch';
const PAGE = `${PLACE}/page`;
/** Which part of the page an edit belongs to: below these folders, and in these files. */
const FOLDERS = { style: 'style', src: 'page', crates: 'page', public: 'page', '.cargo': 'page' };
const FILES = new Set(['index.html', 'Trunk.toml', 'Cargo.toml', 'Cargo.lock']);
const isOnce = process.argv[2] === '--once';
const say = (text) => console.log(`watch: ${text}`);

/** What runs for this command: it ends with it. Each is a group of its own, since trunk and cargo start more. */
const children = new Set();
const start = (command, line) => {
  // Trunk takes NO_COLOR=1 for a mistake.
  const { NO_COLOR, ...env } = process.env;
  const child = spawn(command, line, { stdio: ['ignore', 'inherit', 'inherit'], detached: true, env });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
};
process.on('exit', () => {
  // One that has just ended by itself is told of a moment later.
  for (const { pid, exitCode } of children) if (exitCode === null) process.kill(-pid);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));

/** Runs a command to its end. Returns whether it went well; what it has to say is on the terminal. */
const ran = async (command, ...line) => {
  const [code] = await once(start(command, line), 'exit');
  return code === 0;
};

/** Finishes the page beside the one that is served, which it replaces when it is whole: its headers first, the list of its files last. */
const finish = async () => {
  if (isOnce) return true;
  if (!(await ran('node', 'scripts/finish-dist.mjs', '--from', PAGE, '--to', `${PLACE}/next`, '--cloud', 'emulator'))) return false;
  for (const [from, to] of [['next-hosts', 'dist-hosts'], ['next', 'dist']]) {
    rmSync(`${PLACE}/${to}`, { recursive: true, force: true });
    renameSync(`${PLACE}/${from}`, `${PLACE}/${to}`);
  }
  return true;
};
const parts = {
  style: async () => {
    if (!(await ran('node', 'scripts/bundle-style.mjs'))) return false;
    const name = readdirSync(`${PAGE}/assets`).find((file) => file.endsWith('.css'));
    writeFileSync(`${PAGE}/assets/${name}`, readFileSync('target/style.css'));
    return finish();
  },
  page: async () =>
    (await ran('trunk', 'build', '--cargo-profile', 'watch', '--offline', '--locked', '--dist', PAGE, '--log', 'warn')) &&
    (await ran('node', 'scripts/third-party.mjs', PAGE)) &&
    finish(),
};

const build = async (part, why) => {
  const began = performance.now();
  const isBuilt = await parts[part]();
  say(isBuilt ? `${why} is on screen after ${((performance.now() - began) / 1000).toFixed(1)} s` : `${why}: the page stays as it was`);
  return isBuilt;
};
if (isOnce) process.exit((await build('page', 'the page')) ? 0 : 1);

/** What was changed and is not on screen yet, by the part that it belongs to. */
const changed = new Map([['page', 'the page']]);
let isBusy = false;
let emulator = null;
const next = async () => {
  if (isBusy) return;
  isBusy = true;
  while (changed.size > 0) {
    const part = changed.has('page') ? 'page' : 'style';
    const [why, style] = [changed.get(part), changed.get('style')];
    // The whole page brings the style too.
    changed.delete(part);
    changed.delete('style');
    const isBuilt = await build(part, why);
    if (!isBuilt && part === 'page' && style && emulator) changed.set('style', style);
    if (isBuilt && !emulator) {
      emulator = start('target/debug/emulator', ['--live', '--dist', `${PLACE}/dist`, '--rules', `${PLACE}/dist-hosts/cloudflare`, ...process.argv.slice(2)]);
      emulator.once('exit', (code) => process.exit(code ?? 1));
    }
  }
  isBusy = false;
};

const note = (path, part) => {
  changed.set(part, path);
  setTimeout(next, 50);
};
// One watch a folder: one for a whole tree loses a file for good when an editor puts another one in its place.
const watched = new Map();
const look = (folder, part) => {
  if (watched.has(folder)) return;
  const watcher = watch(folder, (_, name) => {
    const path = `${folder}/${name}`;
    const file = statSync(path, { throwIfNoEntry: false });
    if (file?.isDirectory()) return look(path, part);
    if (!file) watched.get(path)?.close();
    // Editors write beside a file and put it in its place.
    if (!/(~|\.sw.|\.tmp|^\d+)$/.test(name)) note(path, part);
  });
  // A folder that is gone tells it by a fault here, or by its name in the one around it.
  watcher.on('error', () => watcher.close());
  watcher.on('close', () => watched.delete(folder));
  watched.set(folder, watcher);
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) look(`${folder}/${entry.name}`, part);
};
for (const [folder, part] of Object.entries(FOLDERS)) look(folder, part);
watch('.', (_, name) => FILES.has(name) && note(name, 'page'));
await next();
