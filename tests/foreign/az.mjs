// The Azure CLI beside an emulator that speaks https, as it needs, and a browser that trusts it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, startEmulator } from '../e2e/support.mjs';
import { listen } from '../ports.mjs';
import { run } from './administrator.mjs';

/** Starts all three; `stop` ends them and leaves nothing. */
export const beside = async (...options) => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  const ca = join(folder, 'ca.pem');
  const workplace = join(folder, 'workplace');
  mkdirSync(workplace);
  const [emulator, browser] = await Promise.all([startEmulator('--tls', '--tls-ca', ca, ...options), launch()]);

  // A resource manager with nothing in it: az asks for subscriptions when it signs in.
  const [key, certificate] = [join(folder, 'arm.key'), join(folder, 'arm.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const manager = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, reply) => reply.setHeader('content-type', 'application/json').end('{"value":[]}'));
  const arm = `https://localhost:${await listen(manager, 'localhost')}`;
  const bundle = join(folder, 'bundle.pem');
  writeFileSync(bundle, readFileSync(ca, 'utf8') + readFileSync(certificate, 'utf8'));

  const bin = `${process.env.LATCHKEY_AZURE_CLI}/bin`;
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, AZURE_CONFIG_DIR: join(folder, 'azure'), REQUESTS_CA_BUNDLE: bundle, SSL_CERT_FILE: bundle, AZURE_CORE_COLLECT_TELEMETRY: 'no', AZURE_CORE_NO_COLOR: 'yes', AZURE_CORE_INSTANCE_DISCOVERY: 'false' };
  const az = async (...parameters) => {
    const { code, output, errors } = await run(`${bin}/az`, parameters, { env });
    assert.equal(code, 0, `az ${parameters[0]} ${parameters[1]}: ${errors}`);
    return output;
  };

  await az('config', 'set', 'core.instance_discovery=false', 'core.collect_telemetry=no', '--only-show-errors');
  await az('cloud', 'register', '-n', 'stand-in', '--endpoint-active-directory', emulator.login, '--endpoint-active-directory-resource-id', emulator.graph, '--endpoint-microsoft-graph-resource-id', emulator.graph, '--endpoint-active-directory-graph-resource-id', emulator.graph, '--endpoint-resource-manager', arm, '--endpoint-management', arm, '--profile', 'latest', '--skip-endpoint-discovery');
  await az('cloud', 'set', '-n', 'stand-in', '--profile', 'latest');
  const version = JSON.parse(await az('version', '--output', 'json'))['azure-cli'];

  /** Runs a text as it stands. Only `az login` of a person is passed over: an application has signed in already. */
  const shell = async (text, input = '') => {
    const passing = 'az() { if [ "$1" = login ] && [[ " $* " != *--service-principal* ]]; then return 0; fi; command az "$@"; }\n';
    const { code, output, errors } = await run('bash', ['-c', passing + text], { env, input, cwd: workplace });
    assert.equal(code, 0, `${errors}\n${text}`);
    return output;
  };

  const stop = async () => {
    await browser.close();
    emulator.stop();
    manager.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { emulator, browser, az, shell, workplace, version, stop };
};

/** The text that a button copies. */
export const copied = async (visitor, button) => {
  visitor.copied = undefined;
  await visitor.button(button).click();
  for (let tries = 0; visitor.copied === undefined && tries < 100; tries += 1) await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
  return visitor.copied;
};

/** The text of the plan on screen. */
export const planAsCommands = async (visitor) => {
  await visitor.page.getByText('The plan as commands').click();
  return copied(visitor, 'Copy Azure CLI');
};
