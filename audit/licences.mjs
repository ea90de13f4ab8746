// Whether every package of the lock files of npm and PyPI is under a licence that we may use it by. None of them is in the page.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ALLOWED, choose } from '../scripts/licences.mjs';

/** For what builds and tests alone: licences of data, of Python itself, and those that bind only who changes the package. */
const TOOLS = [...ALLOWED, '0BSD', 'CC0-1.0', 'Unlicense', 'PSF-2.0', 'Python-2.0', 'MIT-0', 'MIT-CMU', 'MPL-2.0', 'CC-BY-3.0', 'CC-BY-4.0', 'BlueOak-1.0.0'];

/** How Python packages named their licence before they used SPDX. */
const CLASSIFIERS = {
  'OSI Approved :: MIT License': 'MIT',
  'OSI Approved :: Apache Software License': 'Apache-2.0',
  'OSI Approved :: BSD License': 'BSD-3-Clause',
  'OSI Approved :: ISC License (ISCL)': 'ISC',
  'OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)': 'MPL-2.0',
  'OSI Approved :: Python Software Foundation License': 'PSF-2.0',
};

/** What the metadata of a version don't say, as its licence files do; and what comes with the Azure CLI, which a test runs as it is. */
const KNOWN = {
  'antlr4-python3-runtime 4.13.2': 'BSD-3-Clause',
  'callsite 1.0.0': 'MIT',
  'spawn-command 0.0.2': 'MIT',
  'valid-url 1.0.9': 'MIT',
  'pkginfo 2.0': 'MIT',
  'pysocks 1.7.1': 'BSD-3-Clause',
};
const OF_THE_AZURE_CLI = new Set(['chardet', 'paramiko', 'pygithub', 'scp']);
/** The image library that the simulator of Cloudflare brings, which a test runs as it is and nobody is handed. */
const OF_WRANGLER = /^@img\/sharp-/;

let count = 0;
const faults = [];
const judge = (where, name, version, expression, allowed = TOOLS) => {
  count += 1;
  let chosen = null;
  try {
    chosen = expression && choose(expression, allowed);
  } catch {
    // What is no SPDX expression is nothing that we know.
  }
  if (!chosen) faults.push(`${where}: ${name} ${version} is under ${expression || 'no licence that it names'}`);
};

for (const lock of ['package-lock.json', 'bench/peer/package-lock.json', 'tests/hosts/package-lock.json']) {
  for (const [path, { version, license, resolved, integrity }] of Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages)) {
    if (path === '') continue;
    const name = path.split('node_modules/').at(-1);
    const isOfWrangler = lock.startsWith('tests/hosts/') && OF_WRANGLER.test(name);
    judge(lock, name, version, license ?? KNOWN[`${name} ${version}`], isOfWrangler ? [...TOOLS, 'LGPL-3.0-or-later'] : TOOLS);
    // Without an address a package is npm's own; its hash says which one.
    if (!integrity?.startsWith('sha512-') || (resolved && !resolved.startsWith('https://registry.npmjs.org/'))) faults.push(`${lock}: ${path} has no hash, or another place than npm's registry`);
  }
}

/** How each environment is asked what is in it. */
const ENVIRONMENTS = {
  requirements: ['python3', 'audit/python_licences.py', '.tools/python'],
  'graph-sdk': ['.tools/graph-sdk/bin/python', 'audit/python_licences.py'],
  'azure-cli': ['.tools/azure-cli/bin/python', 'audit/python_licences.py'],
};
const plain = (name) => name.toLowerCase().replace(/[-_.]+/g, '-');
for (const [lock, [program, ...line]] of Object.entries(ENVIRONMENTS)) {
  const installed = new Map(JSON.parse(execFileSync(program, line, { encoding: 'utf8', maxBuffer: 1 << 26 })).map((one) => [plain(one.name), one]));
  for (const [, name, version] of readFileSync(`tests/foreign/${lock}.txt`, 'utf8').matchAll(/^([\w.-]+)(?:\[[\w,]*\])?==(\S+)/gm)) {
    const one = installed.get(plain(name));
    if (one?.version !== version) faults.push(`${lock}.txt: ${name} ${version} is not installed, so its licence is not known`);
    else if (lock !== 'azure-cli' || !OF_THE_AZURE_CLI.has(plain(name))) judge(`${lock}.txt`, name, version, KNOWN[`${plain(name)} ${version}`] ?? one.expression ?? (one.classifiers.map((text) => CLASSIFIERS[text]).filter(Boolean).join(' AND ') || one.text));
  }
}
if (faults.length > 0) {
  console.error(faults.map((line) => `licences: ${line}`).join('\n'));
  process.exit(1);
}
console.log(`${count} packages are under licences that we may use them by`);
