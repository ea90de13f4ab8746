// What is built with comes from the registries alone, at a version and with a checksum that are written down.
import { readFileSync } from 'node:fs';

const REQUIREMENTS = ['tests/foreign/requirements.txt', 'tests/foreign/graph-sdk.txt', 'tests/foreign/azure-cli.txt'];

/** Returns what is not pinned. `read` gives the text of a file, or null where there is none. */
export const unpinned = (read) => {
  const faults = [];
  const fault = (where, why) => faults.push(`${where}: ${why}`);

  for (const block of read('Cargo.lock').split('[[package]]').slice(1)) {
    const value = (name) => block.match(new RegExp(`^${name} = "([^"]*)"`, 'm'))?.[1];
    const source = value('source');
    // Without a source it is a crate of this repository.
    if (!source) continue;
    if (source !== 'registry+https://github.com/rust-lang/crates.io-index') fault('Cargo.lock', `${value('name')} comes from ${source}`);
    if (!/^[0-9a-f]{64}$/.test(value('checksum') ?? '')) fault('Cargo.lock', `${value('name')} has no checksum`);
  }

  for (const [path, { version, resolved, integrity, link }] of Object.entries(JSON.parse(read('package-lock.json')).packages)) {
    if (path === '' || link) continue;
    // Without an address it is the registry that npm is set to.
    if (!version || (resolved && !resolved.startsWith('https://registry.npmjs.org/'))) fault('package-lock.json', `${path} comes from ${resolved}`);
    if (!integrity?.startsWith('sha512-')) fault('package-lock.json', `${path} has no checksum`);
  }
  const { dependencies = {}, devDependencies = {}, scripts = {} } = JSON.parse(read('package.json'));
  for (const [name, wanted] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!/^\d+\.\d+\.\d+/.test(wanted)) fault('package.json', `${name} is wanted as ${wanted}, not at one version`);
  }
  for (const name of Object.keys(scripts)) if (/^(pre|post)?(install|prepare)/.test(name)) fault('package.json', `runs ${name} when it is installed`);

  for (const path of REQUIREMENTS) {
    for (const entry of read(path).replaceAll('\\\n', ' ').split('\n')) {
      if (entry.trim() === '' || entry.trim().startsWith('#')) continue;
      if (!/^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(entry)) fault(path, `has an entry without a version and a checksum: ${entry.slice(0, 60)}`);
    }
  }

  const setup = read('scripts/setup.sh').replaceAll('\\\n', ' ');
  for (const line of setup.split('\n').filter((one) => !/^\s*#/.test(one))) {
    if (/\b(curl|wget)\b/.test(line)) fault('scripts/setup.sh', `downloads by itself: ${line.trim()}`);
    if (/\bnpm (ci|install)\b/.test(line) && !/npm ci\b.*--ignore-scripts/.test(line)) fault('scripts/setup.sh', `lets packages of npm choose or run: ${line.trim()}`);
    if (/pip install\b/.test(line) && !/--require-hashes/.test(line)) fault('scripts/setup.sh', `installs from PyPI without checksums: ${line.trim()}`);
  }
  for (const line of read('dev').split('\n').filter((one) => /trunk build/.test(one))) {
    if (!/--offline/.test(line) || !/--locked/.test(line)) fault('dev', 'builds the page with the network, or without the lock');
  }

  // In a workflow of a forge an action is named by the commit that was looked at.
  for (const path of ['.github/workflows/test.yml']) {
    for (const [, action] of (read(path) ?? '').matchAll(/uses:\s*(\S+)/g)) {
      if (!/^\.\/|@[0-9a-f]{40}$/.test(action)) fault(path, `${action} is not named by a commit`);
    }
  }
  return faults;
};

/** Reads the files of this repository. */
export const fromDisk = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
