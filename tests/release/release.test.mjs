// What a host gets: archives with notices, list of parts and hashes, the same bytes each time; one is unpacked and signed in to.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { Ajv } from 'ajv';
import { Visitor, stage, tenantNamed } from '../e2e/support.mjs';
import { listen } from '../ports.mjs';

const work = mkdtempSync(`${tmpdir()}/release-`);
after(() => rmSync(work, { recursive: true }));
const pack = (to, ...options) => execFileSync(process.execPath, ['scripts/release.mjs', '--from', '.tools/page', '--to', `${work}/${to}`, ...options]);
const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Unpacks the archive of one cloud and returns the folder of the page. */
const unpack = (from) => {
  const archive = readdirSync(`${work}/${from}`).find((name) => name.endsWith('.tar.gz'));
  execFileSync('tar', ['--extract', '--gzip', '--file', `${work}/${from}/${archive}`, '--directory', work]);
  return `${work}/${archive.replace('.tar.gz', '')}/dist`;
};

test('the archives are the same each time, and their sums are true', () => {
  pack('one', '--cloud', 'global', '--cloud', 'china');
  pack('two', '--cloud', 'global', '--cloud', 'china');
  const names = readdirSync(`${work}/one`);
  assert.equal(names.length, 3);
  assert.deepEqual(names.map((name) => hash(`${work}/one/${name}`)), names.map((name) => hash(`${work}/two/${name}`)));
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: `${work}/one` });
});

test('what is in an archive is what release.json says, and nothing else', () => {
  pack('hashes', '--cloud', 'usgov');
  const folder = unpack('hashes');
  const { cloud, version, sha256 } = JSON.parse(readFileSync(`${folder}/release.json`, 'utf8'));
  assert.equal(cloud, 'usgov');
  assert.match(version, /^\d+\.\d+\.\d+$/);
  const files = readdirSync(folder, { recursive: true }).filter((name) => statSync(`${folder}/${name}`).isFile());
  assert.deepEqual(files.filter((name) => name !== 'release.json' && name !== 'config.json').toSorted(), Object.keys(sha256).toSorted());
  for (const [name, expected] of Object.entries(sha256)) assert.equal(hash(`${folder}/${name}`), expected, name);
  assert.deepEqual(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')), { cloud: 'usgov', clientId: '', redirectOrigin: '', idleMinutes: 15, signedInHours: 8 });
});

test('the list of parts keeps to the schema of CycloneDX', () => {
  const { resolve } = createRequire(import.meta.url);
  const schemas = `${resolve('@cyclonedx/cyclonedx-library/package.json').replace('package.json', '')}res/schema`;
  const schema = (name) => JSON.parse(readFileSync(`${schemas}/${name}.SNAPSHOT.schema.json`, 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  const isValid = ajv.compile(schema('bom-1.6'));
  /** @type {{ components: { name: string, 'bom-ref': string }[], dependencies: { ref: string, dependsOn?: string[] }[], metadata: { component: { 'bom-ref': string } } }} */
  const bom = JSON.parse(readFileSync('.tools/page/sbom.cdx.json', 'utf8'));
  assert.ok(isValid(bom), JSON.stringify(isValid.errors));
  // What the page calls is in it, each part reachable from the page; what runs on the machine that builds is not.
  const names = new Set(bom.components.map(({ name }) => name));
  for (const name of ['leptos', 'oauth2', 'x509-cert', 'latchkey-certificate', 'wasm-bindgen']) assert.ok(names.has(name), name);
  for (const name of ['serde_derive', 'hyper', 'rsa', 'insta']) assert.ok(!names.has(name), name);
  const needs = new Map(bom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const reached = new Set();
  const visit = (ref) => {
    if (reached.has(ref)) return;
    reached.add(ref);
    needs.get(ref).forEach(visit);
  };
  visit(bom.metadata.component['bom-ref']);
  assert.deepEqual(bom.components.map((component) => component['bom-ref']).filter((ref) => !reached.has(ref)), []);
});

/** Serves a folder as a host does that was told the routes, and puts the origins of this run where the build has those of the emulator. */
const serve = async (folder, emulator) => {
  const origins = (text) => text.replaceAll('http://localhost:8401', emulator.login).replaceAll('http://localhost:8402', emulator.graph);
  const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', wasm: 'application/wasm', json: 'application/json', svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8' };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const name = /^\/(auth|consent|app\/.*)?$/.test(pathname) ? '/index.html' : pathname;
    if (!existsSync(folder + name)) return response.writeHead(404).end();
    const extension = name.split('.').at(-1);
    const bytes = readFileSync(folder + name);
    return response.writeHead(200, { 'content-type': types[extension] }).end(extension === 'html' ? origins(bytes.toString()) : bytes);
  });
  const port = await listen(server);
  after(() => server.close());
  return `http://localhost:${port}`;
};

test('a new host needs the archive and its config.json', async () => {
  const { emulator, browser } = await stage();
  pack('host', '--cloud', 'emulator');
  const folder = unpack('host');
  const app = await serve(folder, emulator);

  const clientId = 'c0ffee00-51ab-4f6e-8d21-90ab12cd34ef';
  const { id } = await tenantNamed(emulator, 'partner.example');
  const registration = { type: 'application', appId: clientId, displayName: 'Latchkey', signInAudience: 'AzureADMultipleOrgs', spa: { redirectUris: [`${app}/auth`, `${app}/consent`] } };
  await emulator.control('POST', '/directory', { tenant: 'partner.example', objects: [registration, { type: 'servicePrincipal', appId: clientId, displayName: 'Latchkey', appOwnerOrganizationId: id }] });
  writeFileSync(`${folder}/config.json`, JSON.stringify({ cloud: 'emulator', clientId, redirectOrigin: app, loginOrigin: emulator.login, graphOrigin: emulator.graph }));

  const visitor = await Visitor.arrive(browser, { ...emulator, app });
  await visitor.signIn('admin@partner.example', { consents: true });
  const [, notices] = await Promise.all([
    visitor.page.goto(`${app}/app/settings`).then(() => visitor.page.getByRole('link', { name: 'Third-party notices' }).click()),
    visitor.context.waitForEvent('page'),
  ]);
  await notices.getByText('leptos').first().waitFor();
  visitor.assertClean();
  await visitor.leave();
});
