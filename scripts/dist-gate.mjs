// What must hold of everything that is served, judged by the files themselves. Each fault names the file and the reason.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { hostFiles, screensOf } from './hosts.mjs';
import { faultsOfParts } from './parts.mjs';
import { CLOUDS, cacheOf, hashOf, headerPolicy, metaPolicy, securityHeaders } from './policy.mjs';

/** Said a second time on purpose: policy.mjs makes every file, so a mistake in it would be in all of them alike. */
const HEADERS = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'X-DNS-Prefetch-Control': 'off',
};
const KEPT = { '/': 'no-store', '/auth': 'no-store', '/404.html': 'no-store', '/config.json': 'no-store', '/boot.js': 'no-cache', '/assets/x.js': 'public, max-age=31536000, immutable' };
const DENIED = ['camera', 'microphone', 'geolocation', 'clipboard-read', 'display-capture', 'payment', 'usb', 'serial', 'hid', 'publickey-credentials-get'];
const directives = (cloud, style) => ({
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'script-src-attr': "'none'",
  'style-src': `'self' '${style}'`,
  'style-src-attr': "'none'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': `'self' ${CLOUDS[cloud].join(' ')}`,
  'worker-src': "'self'",
  'frame-src': "'none'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
  ...(cloud === 'emulator' ? {} : { 'upgrade-insecure-requests': '' }),
  'frame-ancestors': "'none'",
});
/** Microsoft's endpoints: sign-in and Graph of a real cloud lie under one of these, and nowhere else. */
const MICROSOFT = /^https:\/\/(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|(dod-)?graph\.microsoft\.(com|us)|microsoftgraph\.chinacloudapi\.cn|(login\.sovcloud-identity|graph\.svc\.sovcloud)\.(fr|de|sg))$/;
/** Named in comments and namespaces of what wasm-bindgen and SVG bring along; never asked. */
const NAMED = ['http://www.w3.org', 'https://rustwasm.github.io', 'https://developer.mozilla.org', 'https://github.com'];
const CONFIG = new Set(['cloud', 'clientId', 'redirectOrigin', 'loginOrigin', 'graphOrigin', 'relay', 'idleMinutes', 'signedInHours']);
const ROOT = ['404.html', 'boot.js', 'config.json', 'icon.svg', 'index.html', 'release.json', 'sbom.cdx.json', 'third-party.txt'];

const firstBlock = (text, start, line) => text.startsWith(`${start}\n`) && text.split(/\n(?=\S)/)[0].split('\n').includes(line);
/** How a host is told a header for every answer, errors too. */
const STATES = {
  'cloudflare/_headers': (text, name, value) => firstBlock(text, '/*', `  ${name}: ${value}`),
  'netlify/_headers': (text, name, value) => firstBlock(text, '/*', `  ${name}: ${value}`),
  'azure/staticwebapp.config.json': (text, name, value) => JSON.parse(text).globalHeaders[name] === value,
  'nginx/latchkey.conf': (text, name, value) => text.split('\n').includes(`add_header ${name} "${value}" always;`),
  'caddy/latchkey.caddy': (text, name, value) => firstBlock(text.slice(text.indexOf('\nheader {') + 1), 'header {', `    ${name} "${value}"`),
  'apache/latchkey.conf': (text, name, value) => text.split('\n').includes(`Header always set ${name} "${value}"`),
};

/** Returns the paths of all files below a folder, in order. */
export const filesOf = (folder, below = '') =>
  readdirSync(`${folder}/${below}`, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesOf(folder, `${below}${entry.name}/`) : [`${below}${entry.name}`])).toSorted();
const isOrigin = (text) => {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
};

/** Returns the faults of a finished page in `folder`, with the files of its hosts in `folder`-hosts, of which those of `host` lie in `folder` too. */
export const faultsOf = (folder, host) => {
  const faults = [];
  const fault = (where, why) => faults.push(`${where}: ${why}`);
  const read = (name) => readFileSync(`${folder}/${name}`, 'utf8');
  const beside = `${folder}-hosts`;
  const hosted = host ? filesOf(`${beside}/${host}`) : [];
  const files = filesOf(folder).filter((name) => !hosted.includes(name));
  for (const name of hosted) {
    const isSame = existsSync(`${folder}/${name}`) && read(name) === readFileSync(`${beside}/${host}/${name}`, 'utf8');
    if (!isSame) fault(name, `is not the one of ${beside}/${host}`);
  }
  const assets = files.filter((name) => name.startsWith('assets/'));
  const others = files.filter((name) => !name.startsWith('assets/'));
  for (const name of others) if (!ROOT.includes(name)) fault(name, 'is public and should not be');
  const lost = ROOT.filter((name) => !others.includes(name));
  for (const name of lost) fault(name, 'is missing');
  if (lost.length > 0) return faults;

  let config = {};
  try {
    config = JSON.parse(read('config.json'));
  } catch {
    fault('config.json', 'is not JSON');
  }
  const { cloud } = config;
  if (!Object.hasOwn(CLOUDS, cloud)) {
    fault('config.json', 'names no cloud');
    return faults;
  }
  for (const key of Object.keys(config)) if (!CONFIG.has(key)) fault('config.json', `has ${key}, which the page does not know`);
  if (!/^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/i.test(config.clientId)) fault('config.json', 'has no client ID');
  if (config.redirectOrigin !== '' && !isOrigin(config.redirectOrigin)) fault('config.json', 'has no origin to come back to');
  for (const [name, most] of [['idleMinutes', 480], ['signedInHours', 24]]) {
    if (!(config[name] >= 1 && config[name] <= most)) fault('config.json', `has ${name} outside of 1 to ${most}`);
  }
  const [login, graph] = CLOUDS[cloud];
  const own = cloud === 'emulator' ? [login, graph] : [undefined, undefined];
  if (config.loginOrigin !== own[0] || config.graphOrigin !== own[1]) fault('config.json', 'leads to other endpoints than the policy allows');
  if (cloud !== 'emulator' && !CLOUDS[cloud].every((origin) => MICROSOFT.test(origin))) fault('policy', 'allows what is not Microsoft’s');

  const styles = [...read('index.html').matchAll(/<style>([^<]*)<\/style>/g)];
  if (styles.length !== 1) fault('index.html', 'does not carry its style once');
  const css = styles[0]?.[1] ?? '';
  const style = hashOf(css);
  if (!assets.some((name) => name.endsWith('.css') && read(name) === css)) fault('index.html', 'carries another style than its file');
  for (const name of ['index.html', '404.html']) {
    const html = read(name).replace(name === 'index.html' ? (styles[0]?.[0] ?? '') : '', '');
    if (/<script(?![^>]*\bsrc=)/i.test(html)) fault(name, 'has an inline script');
    if (/<style|\son\w+\s*=|\sstyle\s*=|javascript:/i.test(html)) fault(name, 'has inline style or an inline handler');
    if (/<\s*(base|iframe|frame|object|embed|form)\b/i.test(html)) fault(name, 'has an element that the policy forbids');
    const scripts = [...html.matchAll(/<script\b[^>]*>/gi)].length;
    if (scripts !== (name === 'index.html' ? 1 : 0)) fault(name, `has ${scripts} scripts`);
    const metas = [...html.matchAll(/<meta\b[^>]*http-equiv[^>]*>/gi)].map(([tag]) => tag);
    if (metas.length !== 1 || metas[0] !== `<meta http-equiv="Content-Security-Policy" content="${metaPolicy(cloud, style)}">`) fault(name, 'its policy is not the one of its cloud, once');
    if (html.indexOf('Content-Security-Policy') > html.search(/<link|<script/)) fault(name, 'its policy comes after the first link');
    if (!html.includes('<meta name="referrer" content="no-referrer">')) fault(name, 'lets its address leave in a referrer');
    if (!html.includes(`<meta name="latchkey-cloud" content="${cloud}">`)) fault(name, 'does not name its cloud');
    for (const [, target] of html.matchAll(/\s(?:src|href|srcset|data-[\w-]+)\s*=\s*["']?([^"'\s>]*)/gi)) {
      const isFile = /^\/(?!\/)/.test(target) && (target === '/' || existsSync(folder + target));
      if (!isFile) fault(name, `names ${target}, which is no file of the page`);
    }
    for (const what of name === 'index.html' ? ['door-js', 'door-wasm', 'app-js', 'app-wasm', 'certificate-js', 'certificate-wasm', 'style'] : []) {
      if (!new RegExp(`data-${what}="/assets/[^"]+"`).test(html)) fault(name, `does not name its ${what}`);
    }
  }
  for (const name of ['boot.js', 'icon.svg']) if (read(name) !== readFileSync(`public/${name}`, 'utf8')) fault(name, 'is not the one of public/');

  for (const name of assets) {
    const hash = createHash('sha256').update(readFileSync(`${folder}/${name}`)).digest('hex').slice(0, 16);
    if (!new RegExp(`-${hash}\\.(js|wasm|css)$`).test(name)) fault(name, 'is not what its name says: it would be kept for a year');
  }
  const allowed = new Set([...Object.values(CLOUDS).flat(), ...NAMED]);
  for (const name of files.filter((file) => /\.(html|js|css|svg)$/.test(file))) {
    for (const [url] of read(name).matchAll(/\b(?:https?|wss?):\/\/[^\s"'`<>\\)\]},;|]+/gi)) {
      const origin = URL.canParse(url) ? new URL(url).origin : url;
      if (!allowed.has(origin)) fault(name, `names ${url}`);
    }
  }
  for (const name of assets.filter((file) => file.endsWith('.wasm'))) {
    const text = readFileSync(`${folder}/${name}`, 'latin1');
    // Our own crates are remapped; what still names a registry came compiled with the standard library.
    const paths = (text.match(/\/(home|root|Users)\/[\w./-]+/g) ?? []).filter((found) => !found.includes('/.cargo/registry/'));
    if (paths.length > 0) fault(name, `carries paths of the machine that built it: ${paths[0]}`);
  }

  for (const [name, why] of faultsOfParts(folder, hosted)) fault(name, why);

  const headers = securityHeaders(cloud, style);
  const policy = Object.fromEntries(headerPolicy(cloud, style).split('; ').map((part) => part.split(/ (.*)/s)).map(([name, value = '']) => [name, value]));
  const wanted = directives(cloud, style);
  for (const name of new Set([...Object.keys(policy), ...Object.keys(wanted)])) if (policy[name] !== wanted[name]) fault('policy', `${name} is ${policy[name]}`);
  for (const [name, value] of Object.entries(HEADERS)) if (headers[name] !== value) fault('policy', `${name} is ${headers[name]}`);
  for (const [path, value] of Object.entries(KEPT)) if (cacheOf(path) !== value) fault('policy', `${path} may be kept: ${cacheOf(path)}`);
  for (const name of DENIED) if (!headers['Permissions-Policy']?.split(', ').includes(`${name}=()`)) fault('policy', `allows ${name}`);

  const site = { headers, files: files.map((name) => `/${name}`), page: read('index.html'), screens: screensOf(readFileSync('crates/domain/src/route.rs', 'utf8')) };
  const expected = hostFiles(site);
  for (const name of filesOf('scripts/container')) expected[`container/${name}`] = readFileSync(`scripts/container/${name}`, 'utf8');
  const there = filesOf(beside);
  for (const name of new Set([...there, ...Object.keys(expected)])) {
    const text = there.includes(name) ? readFileSync(`${beside}/${name}`, 'utf8') : undefined;
    if (text !== expected[name]) fault(`${beside}/${name}`, 'is not what the policy and the page make of it');
  }
  const all = { ...HEADERS, 'Content-Security-Policy': headers['Content-Security-Policy'], 'Permissions-Policy': headers['Permissions-Policy'] };
  for (const [name, states] of Object.entries(STATES)) {
    const text = expected[name];
    for (const [header, value] of Object.entries(all)) {
      const times = text.split(new RegExp(`(?<![\\w-])${header}(?![\\w-])`)).length - 1;
      if (times !== 1 || !states(text, header, value)) fault(`${beside}/${name}`, `does not state ${header} once, for every answer`);
    }
    for (const line of text.split('\n')) if (line.length >= 2000) fault(`${beside}/${name}`, 'has a line of 2,000 characters or more, which Cloudflare drops');
  }
  return faults;
};
