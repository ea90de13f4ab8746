// ./dev itself: a command that fails ends its suite, wherever in it that command stands.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const STUBS = ['cargo', 'node', 'npm', 'git', 'python3'];
// Stands for every tool: counts the calls, and fails the one that it is told to.
const STUB = `#!/bin/sh
echo "$(basename "$0") $*" >>"$CALLS"
[ "$(wc -l <"$CALLS")" != "$FAILS" ]
`;

for (const suite of ['style', 'audit']) {
  test(`a failed command fails the suite ${suite}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-dev-'));
    for (const part of ['bin', 'scripts', 'audit']) mkdirSync(join(folder, part));
    copyFileSync('dev', join(folder, 'dev'));
    const setup = readFileSync('scripts/setup.sh', 'utf8').matchAll(/^(setup_\w+)\(\)/gm);
    const nothing = [...setup].map(([, name]) => `${name}() { :; }`);
    writeFileSync(join(folder, 'scripts/setup.sh'), ['say() { :; }', 'die() { printf "dev: %s\\n" "$*" >&2; exit 1; }', 'have() { :; }', ...nothing].join('\n'));
    for (const stub of STUBS) {
      writeFileSync(join(folder, 'bin', stub), STUB);
      chmodSync(join(folder, 'bin', stub), 0o755);
    }
    const run = (fails) => {
      const calls = join(folder, `calls-${fails}`);
      writeFileSync(calls, '');
      const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, CALLS: calls, FAILS: String(fails) };
      const { status, stderr } = spawnSync('bash', ['./dev', 'test', '--only', suite], { cwd: folder, env, encoding: 'utf8' });
      return { status, stderr, calls: readFileSync(calls, 'utf8').trim().split('\n') };
    };
    const whole = run(0);
    assert.equal(whole.status, 0, whole.stderr);
    assert.ok(whole.calls.length >= 2, `more than one command: ${whole.calls}`);
    for (let at = 1; at <= whole.calls.length; at += 1) {
      const { status, stderr } = run(at);
      assert.notEqual(status, 0, `${whole.calls[at - 1]} failed, and nobody heard of it`);
      assert.match(stderr, new RegExp(`suite ${suite} failed`));
    }
    rmSync(folder, { recursive: true, force: true });
  });
}
