// The gate over what is served: the page as it is built passes, and no single change of any file does.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { faultsOf } from '../../scripts/dist-gate.mjs';
import { hostFiles, screensOf } from '../../scripts/hosts.mjs';
import { securityHeaders } from '../../scripts/policy.mjs';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-gate-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const dist = join(folder, 'dist');
const filesOf = (place) => readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const originals = new Map(['dist', 'dist-hosts'].flatMap(filesOf).map((name) => [name, readFileSync(name)]));
const written = new Map();
/** Puts right what a change left, and nothing else: the modules are large. */
const restore = () => {
  for (const path of ['dist', 'dist-hosts'].filter((name) => existsSync(join(folder, name))).flatMap((name) => filesOf(join(folder, name)))) {
    if (!originals.has(path.slice(folder.length + 1))) rmSync(path);
  }
  for (const [name, bytes] of originals) {
    const path = join(folder, name);
    if (existsSync(path) && statSync(path).mtimeMs === written.get(name)) continue;
    put(name, bytes);
    written.set(name, statSync(path).mtimeMs);
  }
};
const text = (name) => readFileSync(join(folder, name), 'utf8');
const put = (name, content) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
};
const hosts = [...originals.keys()].filter((name) => name.startsWith('dist-hosts/'));
const assets = [...originals.keys()].filter((name) => name.startsWith('dist/assets/'));
const HEADERS = Object.keys(securityHeaders('global', 'sha256-x'));
const DIRECTIVES = securityHeaders('global', 'sha256-x')['Content-Security-Policy'].split('; ').map((part) => part.split(' ')[0]);

/** Changes the copy, asserts that the gate says so and names the file, and puts the copy right again. */
const caught = (what, file, change) => {
  change();
  const faults = faultsOf(dist);
  assert.ok(faults.some((fault) => fault.includes(file.replace(/^dist(-hosts)?\//, ''))), `${what}: ${faults.join('; ') || 'nobody noticed'}`);
  restore();
};
const replaced = (what, file, from, to) =>
  caught(what, file, () => {
    const before = text(file);
    const changed = before.replace(from, to);
    assert.notEqual(changed, before, `${what} changes ${file}`);
    put(file, changed);
  });

test('the page as it is built passes', () => {
  restore();
  assert.deepEqual(faultsOf(dist), []);
});

test('each header file: without any one header or directive, weakened, cut off, emptied, broken, gone', () => {
  const stating = hosts.filter((name) => /_headers$|latchkey\.|config\.json$/.test(name));
  assert.equal(stating.length, 6, stating.join());
  for (const file of stating) {
    for (const header of HEADERS) {
      const line = new RegExp(`^.*[^\\w-]${header}[^\\w-].*\\n`, 'm');
      replaced(`${file} without ${header}`, file, line, '');
      replaced(`${file} with another ${header}`, file, line, (found) => found.replace(/(DENY|nosniff|same-origin|no-referrer|\?1|off|max-age=\d+|'none'|camera=\(\))/, 'else'));
    }
    for (const directive of DIRECTIVES.filter((name) => text(file).includes(`${name} `))) {
      replaced(`${file} without ${directive}`, file, new RegExp(`${directive} [^;"\\n]*;? ?`), '');
    }
    replaced(`${file} with a foreign sign-in`, file, /connect-src 'self'/, "connect-src 'self' https://login.microsoftonline.com.evil.example");
    replaced(`${file} with inline script`, file, "'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-inline'");
    replaced(`${file} that keeps what must not be kept`, file, 'no-store', 'public, max-age=31536000');
    replaced(`${file} that forgets an asset`, file, /immutable/, 'private');
  }
  for (const file of hosts) {
    caught(`${file} gone`, file, () => rmSync(join(folder, file)));
    caught(`${file} empty`, file, () => put(file, ''));
    replaced(`${file} cut off`, file, /[\s\S]{12}$/, '');
    replaced(`${file} with one line more`, file, /$/, '\nX-Frame-Options: ALLOWALL\n');
  }
  for (const name of ['cloudflare', 'netlify']) {
    const file = `dist-hosts/${name}/_redirects`;
    replaced(`${file} without a route`, file, /^\/auth.*\n/m, '');
    replaced(`${file} that answers everything`, file, '/app/*', '/*');
    replaced(`${file} that sends away`, file, '/auth / 200', '/auth https://evil.example 302');
  }
  caught('a file of no host', 'elsewhere/_headers', () => put('dist-hosts/elsewhere/_headers', '/*\n'));
});

test('T27: each module and style: another byte, cut off, under another name, gone', () => {
  for (const file of assets) {
    caught(`${file} with one byte more`, file, () => writeFileSync(join(folder, file), Buffer.concat([readFileSync(join(folder, file)), Buffer.from(' ')])));
    caught(`${file} with another byte`, file, () => {
      const bytes = readFileSync(join(folder, file));
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(join(folder, file), bytes);
    });
    caught(`${file} cut off`, file, () => writeFileSync(join(folder, file), readFileSync(join(folder, file)).subarray(0, 100)));
    caught(`${file} gone`, file, () => rmSync(join(folder, file)));
    const another = file.replace(/[0-9a-f]{16}/, '0'.repeat(16));
    caught(`${file} under another name`, another, () => renameSync(join(folder, file), join(folder, another)));
  }
  // A module that was built so, and is named so.
  for (const file of assets.filter((name) => name.endsWith('.js'))) {
    for (const url of ['https://login.microsoftonline.com.evil.example/', 'https://graph.microsoft.com@evil.example/', 'https://evil.example/?https://graph.microsoft.com', 'wss://evil.example', 'http://graph.microsoft.com']) {
      const bytes = `${text(file)}\nfetch("${url}");\n`;
      const built = file.replace(/[0-9a-f]{16}/, createHash('sha256').update(bytes).digest('hex').slice(0, 16));
      caught(`${file} asks ${url}`, `${built.slice(5)}: names ${url}`.slice(0, 60), () => {
        rmSync(join(folder, file));
        put(built, bytes);
      });
    }
  }
});

test('boot.js, the pages and config.json: each change that matters', () => {
  for (const [from, to] of [
    ['window.top !== window.self', 'false'],
    ['!window.isSecureContext', 'false'],
    ["createPolicy('default', { createHTML", "createPolicy('default', { createScript: (text) => text, createHTML"],
    ["'/config.json'", "'https://evil.example/config.json'"],
    ['history.replaceState', 'void'],
  ]) replaced(`boot.js: ${to} for ${from}`, 'dist/boot.js', from, to);
  for (const name of ['index.html', '404.html']) {
    const file = `dist/${name}`;
    for (const [what, from, to] of [
      ['no policy', /<meta http-equiv[^>]*>/, ''],
      ['two policies', /<meta http-equiv[^>]*>/, '$&$&'],
      ['a refresh', '</head>', '<meta http-equiv="refresh" content="0;url=/x"></head>'],
      ['a policy that comes late', /(<meta http-equiv[^>]*>)([\s\S]*<\/head>)/, '$2$1'],
      ['no referrer policy', /<meta name="referrer"[^>]*>/, ''],
      ['another cloud', /latchkey-cloud" content="\w+/, 'latchkey-cloud" content="global'],
      ['an inline script', '</body>', '<script>fetch("/x")</script></body>'],
      ['a foreign script', '</body>', '<script src="https://evil.example/x.js"></script></body>'],
      ['a script of whatever scheme', '</body>', '<script src="//evil.example/x.js"></script></body>'],
      ['another script', '</body>', '<script src="/boot.js"></script></body>'],
      ['a foreign link', '</body>', '<a href="https://login.microsoftonline.com.evil.example/">in</a></body>'],
      ['a handler', '<body', '<body onload="x()"'],
      ['inline style', '<body', '<body style="color:red"'],
      ['a base', '</head>', '<base href="/x/"></head>'],
      ['a form', '</body>', '<form></form></body>'],
      ['a frame', '</body>', '<iframe></iframe></body>'],
      ['a file that is not there', '</body>', '<img src="/nothing.png"></body>'],
    ]) replaced(`${name} with ${what}`, file, from, to);
    for (const directive of DIRECTIVES.filter((part) => text(file).includes(`${part} `))) {
      replaced(`${name} without ${directive}`, file, new RegExp(`${directive} [^;"]*;? ?`), '');
    }
  }
  replaced('index.html with other style', 'dist/index.html', '<style>', '<style>a{}');
  for (const attribute of ['door-js', 'door-wasm', 'app-js', 'app-wasm', 'certificate-js', 'certificate-wasm', 'style']) {
    replaced(`index.html without ${attribute}`, 'dist/index.html', new RegExp(` data-${attribute}="[^"]*"`), '');
    replaced(`index.html with ${attribute} elsewhere`, 'dist/index.html', `data-${attribute}="`, `data-${attribute}="https://evil.example`);
  }
  for (const [what, from, to] of [
    ['that is broken', '{', ''],
    ['of no cloud', '"cloud": "emulator"', '"cloud": "elsewhere"'],
    ['of another cloud', '"cloud": "emulator"', '"cloud": "global"'],
    ['that signs in elsewhere', /"loginOrigin": "[^"]*"/, '"loginOrigin": "https://login.microsoftonline.com.evil.example"'],
    ['that calls elsewhere', /"graphOrigin": "[^"]*"/, '"graphOrigin": "https://evil.example"'],
    ['that comes back to no origin', /"redirectOrigin": "[^"]*"/, '"redirectOrigin": "https://evil.example/path"'],
    ['with another client', '"clientId": ""', '"clientId": "evil"'],
    ['with a member that nobody knows', '{', '{ "authority": "https://evil.example",'],
  ]) {
    replaced(`config.json ${what}`, 'dist/config.json', from, to);
  }
  for (const name of readdirSync(dist).filter((entry) => entry !== 'assets')) caught(`${name} gone`, name, () => rmSync(join(dist, name)));
  for (const name of ['_headers', '_redirects', 'staticwebapp.config.json', '.htaccess', 'latchkey.conf', 'assets.map', '.env']) {
    caught(`${name} in public`, name, () => put(`dist/${name}`, 'x'));
  }
  caught('a map of the sources', 'assets/x.js.map', () => put('dist/assets/x.js.map', '{}'));
});

test('policy.mjs and hosts.mjs: a build with any one rule changed ends with words', () => {
  const place = join(folder, 'build');
  for (const part of ['scripts', 'public', 'crates/domain/src/route.rs']) cpSync(part, join(place, part), { recursive: true });
  const page = resolve('.tools/page');
  const build = (cloud) =>
    spawnSync(process.execPath, ['scripts/finish-dist.mjs', '--from', page, '--to', 'dist', '--cloud', cloud], { cwd: place, encoding: 'utf8' });
  assert.equal(build('global').status, 0, build('global').stderr);
  const policy = readFileSync('scripts/policy.mjs', 'utf8');
  const listed = [...policy.matchAll(/^  '[\w-]+': .*,$/gm)].map(([line]) => line).filter((line) => HEADERS.some((name) => line.includes(`'${name}'`)));
  assert.equal(listed.length, HEADERS.length, 'every header stands on a line of its own');
  const directives = [...policy.matchAll(/^  (?:"|`)[a-z-]+-(?:src|attr|uri|action|for)[^\n]*,$/gm)].map(([line]) => line);
  assert.ok(directives.length >= 14, directives.join());
  const changes = [
    ...[...listed, ...directives].map((line) => [line, '']),
    ['[...directives(cloud, style), ...HEADER_ONLY]', 'directives(cloud, style)'],
    ['https://login.microsoftonline.com', 'https://login.microsoftonline.com.evil.example'],
    ['https://graph.microsoft.com', 'https://graph.microsoft.com@evil.example'],
    ["'upgrade-insecure-requests'", "'upgrade-insecure-requests', \"report-uri https://evil.example\""],
    ["'wasm-unsafe-eval'", "'unsafe-eval'"],
    ['trusted-types default', 'trusted-types *'],
    ["kept: 'public", "kept: 'private"],
    ["never: 'no-store'", "never: 'public, max-age=60'"],
    ["path === '/boot.js' || path === '/icon.svg' ? CACHE.asked", "path === '/boot.js' || path === '/icon.svg' ? CACHE.kept"],
    ['display-capture ', ''],
  ];
  for (const [from, to] of changes) {
    assert.ok(policy.includes(from), from);
    writeFileSync(join(place, 'scripts/policy.mjs'), policy.replace(from, () => to));
    const { status, stderr } = build('global');
    assert.ok(status === 1 && /must not be served|dev:/.test(stderr), `${from}: nobody noticed`);
  }
  writeFileSync(join(place, 'scripts/policy.mjs'), policy);
  const hosting = readFileSync('scripts/hosts.mjs', 'utf8');
  for (const [from, to] of /** @type {const} */ ([
    [/add_header \$\{name\} "\$\{value\}" always;/, 'add_header ${name} "${value}";'],
    [/Header always set \$\{name\}/, 'Header set ${name}'],
    ['globalHeaders: { ...headers,', 'globalHeaders: {'],
    ["['/*', lines(headers)]", "['/auth', lines(headers)]"],
    ['lines({ ...headers,', 'lines({'],
    ["header {\n", "header /app/* {\n"],
  ])) {
    const changed = hosting.replace(from, () => to);
    assert.notEqual(changed, hosting, String(from));
    writeFileSync(join(place, 'scripts/hosts.mjs'), changed);
    assert.equal(build('global').status, 1, `${from}: nobody noticed`);
  }
});

// What the files of each host look like for one page. A change of policy.mjs or hosts.mjs shows here, to be read by somebody.
test('what is made for each host is what was read and agreed to', () => {
  const site = { headers: securityHeaders('global', 'sha256-STYLE'), files: ['/404.html', '/assets/a-1.js', '/assets/b-2.wasm', '/boot.js', '/config.json', '/icon.svg', '/index.html'], page: '<!doctype html>\n', screens: ['/auth', '/app/new'] };
  const made = hostFiles(site);
  const place = 'tests/hosts/expected';
  if (process.env.UPDATE) {
    rmSync(place, { recursive: true, force: true });
    for (const [name, content] of Object.entries(made)) {
      mkdirSync(join(place, name, '..'), { recursive: true });
      writeFileSync(join(place, name), content);
    }
  }
  const kept = filesOf(place).map((name) => name.slice(place.length + 1));
  assert.deepEqual(kept.toSorted(), Object.keys(made).toSorted());
  for (const [name, content] of Object.entries(made)) assert.equal(content, readFileSync(join(place, name), 'utf8'), `${name}: read the difference, then run with UPDATE=1`);
});

test('a host of plain files has the page at each address that the code names', () => {
  const routes = readFileSync('crates/domain/src/route.rs', 'utf8');
  const screens = screensOf(routes);
  for (const path of ['/auth', '/consent', '/app/new/app-session', '/app/check']) {
    assert.ok(screens.includes(path), path);
    assert.ok(existsSync(`dist-hosts/plain${path}/index.html`), path);
  }
  assert.ok(screens.every((path) => !/[:{*]/.test(path)), 'no pattern is an address');
  assert.throws(() => screensOf(routes.replaceAll('"/consent"', '')), /does not name \/consent/);
});
