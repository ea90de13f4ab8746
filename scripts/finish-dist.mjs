// Makes dist/ out of the built page: the policy of the chosen cloud in meta tag and header files, and config.json.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf, filesOf } from './dist-gate.mjs';
import { hostFiles, screensOf } from './hosts.mjs';
import { writeRelease } from './parts.mjs';
import { CLOUDS, hashOf, metaPolicy, securityHeaders } from './policy.mjs';

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    to: { type: 'string', default: 'dist' },
    cloud: { type: 'string', default: 'global' },
    'client-id': { type: 'string', default: '' },
    origin: { type: 'string', default: '' },
    host: { type: 'string', default: '' },
  },
});
/** Hosts that read their files in the root of the page. */
const IN_ROOT = ['azure', 'cloudflare', 'netlify', 'plain'];
const { cloud } = values;
const fail = (why) => {
  console.error(`dev: ${why}`);
  process.exit(1);
};
if (!CLOUDS[cloud]) fail(`there is no cloud '${cloud}': choose one of ${Object.keys(CLOUDS).join(', ')}`);
if (values.host && !IN_ROOT.includes(values.host)) fail(`--host takes one of ${IN_ROOT.join(', ')}; the files of others lie in ${values.to}-hosts/`);
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
if (values['client-id'] && !guid.test(values['client-id'])) fail('--client-id takes the Application (client) ID, which is a GUID');
if (values.origin && new URL(values.origin).origin !== values.origin) fail('--origin takes scheme and host only, such as https://latchkey.example.com');

rmSync(values.to, { recursive: true, force: true });
cpSync(values.from, values.to, { recursive: true });

// Every asset is named by its content, so that it can be cached for good, and anybody can check it. Trunk hashes some, in its way.
const named = {};
for (const name of readdirSync(`${values.to}/assets`)) {
  const hash = createHash('sha256').update(readFileSync(`${values.to}/assets/${name}`)).digest('hex').slice(0, 16);
  const [, stem, kind, ending] = name.match(/^(\w+?)(?:-[0-9a-f]{16})?((?:_bg)?)(\.\w+)$/);
  named[`${stem}${kind}${ending}`] = `/assets/${stem}${kind}-${hash}${ending}`;
  renameSync(`${values.to}/assets/${name}`, `${values.to}${named[`${stem}${kind}${ending}`]}`);
}
const asked = (name) => named[name] ?? fail(`${name} was not built`);
const modules = ['door', 'app', 'certificate'].map((module) => {
  const stem = module === 'app' ? 'latchkey' : module;
  return `data-${module}-js="${asked(`${stem}.js`)}" data-${module}-wasm="${asked(`${stem}_bg.wasm`)}"`;
});
const style = asked('style.css');

// index.html carries the style itself; the file is for 404.html, and for boot.js when a host's header blocks the inline one.
const css = readFileSync(values.to + style, 'utf8');
const styleHash = hashOf(css);
for (const name of ['index.html', '404.html']) {
  const page = readFileSync(`${values.to}/${name}`, 'utf8')
    .replace('<!-- policy -->', `<meta http-equiv="Content-Security-Policy" content="${metaPolicy(cloud, styleHash)}">\n    <meta name="latchkey-cloud" content="${cloud}">`)
    .replace(/<script [^>]*src="\/boot\.js"[^>]*>/, `<script type="module" src="/boot.js" ${modules.join(' ')} data-style="${style}">`)
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
    .replace('<!-- -->', '')
    .replace('<!-- style -->', `<link rel="stylesheet" href="${style}">`);
  writeFileSync(`${values.to}/${name}`, page);
}

const config = { cloud, clientId: values['client-id'], redirectOrigin: values.origin, idleMinutes: 15, signedInHours: 8 };
if (cloud === 'emulator') {
  [config.loginOrigin, config.graphOrigin] = CLOUDS.emulator;
  config.redirectOrigin ||= 'http://localhost:8400';
}
writeFileSync(`${values.to}/config.json`, `${JSON.stringify(config, null, 2)}\n`);

writeRelease(values.to, cloud);

const site = {
  headers: securityHeaders(cloud, styleHash),
  files: filesOf(values.to).map((name) => `/${name}`),
  page: readFileSync(`${values.to}/index.html`, 'utf8'),
  screens: screensOf(readFileSync('crates/domain/src/route.rs', 'utf8')),
};
const beside = `${values.to}-hosts`;
rmSync(beside, { recursive: true, force: true });
for (const [path, text] of Object.entries(hostFiles(site))) {
  mkdirSync(dirname(`${beside}/${path}`), { recursive: true });
  writeFileSync(`${beside}/${path}`, text);
}
cpSync('scripts/container', `${beside}/container`, { recursive: true });
if (values.host) cpSync(`${beside}/${values.host}`, values.to, { recursive: true });
const faults = faultsOf(values.to, values.host);
if (faults.length > 0) fail(`what was built must not be served:\n${faults.join('\n')}`);
