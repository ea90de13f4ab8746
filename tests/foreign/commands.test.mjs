// The commands that the page shows, run as they stand: curl, MSAL for Python and MSAL for Node get a token with the secret, and with
// the certificate that the page made.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { Visitor, stage } from '../e2e/support.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
after(() => rmSync(folder, { recursive: true, force: true }));
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
const ca = join(folder, 'ca.pem');
const { emulator, browser } = await stage(['--tls', '--tls-ca', ca]);

/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, PYTHONPATH: process.env.LATCHKEY_PYTHON, REQUESTS_CA_BUNDLE: ca, CURL_CA_BUNDLE: ca, NODE_EXTRA_CA_CERTS: ca };
delete env.NODE_TLS_REJECT_UNAUTHORIZED;
const RUNNERS = {
  curl: { run: (text) => ['bash', ['-c', text]], good: /"access_token"/ },
  'MSAL for Python': { run: (text) => ['python3', ['-c', text]], good: /^ok$/m },
  'MSAL for Node': { run: (text) => ['node', ['--input-type=module', '-e', text]], good: /^ok$/m },
};

const command = (visitor, tool) => visitor.page.locator('details.command').filter({ has: visitor.page.getByText(tool, { exact: true }) }).locator('pre').textContent();

/** Runs a command with an input; the emulator answers meanwhile. */
const run = (tool, text, input) =>
  new Promise((done) => {
    const [program, parameters] = RUNNERS[tool].run(text);
    const child = spawn(program, parameters, { cwd: folder, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => {
      output += data;
    });
    child.on('close', () => done(output));
    child.stdin.end(`${input}\n`);
  });

const openSession = async (visitor) => {
  await visitor.button('Use now').click();
  await visitor.page.getByText('Everything that was asked for is in place.').waitFor();
};

test('the commands of the page connect with the secret, and with the certificate that takes its place', async () => {
  const visitor = await Visitor.arrive(browser, emulator, { ignoreHTTPSErrors: true });
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  const secret = await visitor.takeSecret();
  await openSession(visitor);
  for (const [tool, { good }] of Object.entries(RUNNERS)) {
    const text = await command(visitor, tool);
    assert.ok(!text.includes(secret));
    assert.match(await run(tool, text, secret), good, tool);
    const wrong = await run(tool, text, `${secret.slice(0, -1)}#`);
    assert.doesNotMatch(wrong, good, `${tool} with a wrong secret`);
  }

  await visitor.button('Switch to certificate').click();
  await visitor.button('Show the plan').click();
  await visitor.button('Carry out').click();
  await visitor.button('Create certificate').click({ timeout: 45_000 });
  await visitor.button('Download PEM').waitFor({ timeout: 45_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Download PEM').click()]);
  const pem = readFileSync(await download.path(), 'utf8');
  writeFileSync(join(folder, 'certificate.pem'), pem);
  await visitor.button('I have saved it').click();
  await visitor.button('Remove the old one').click({ timeout: 45_000 });
  await visitor.untilRun('Done');
  await openSession(visitor);
  for (const [tool, { good }] of Object.entries(RUNNERS)) {
    const text = await command(visitor, tool);
    assert.match(await run(tool, text, ''), good, `${tool} with the certificate`);
  }
  visitor.assertClean();
  await visitor.leave();
});
