// Makes dist/ out of the built page: the policy of the chosen cloud in meta tag and header files, and config.json.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CLOUDS, IMMUTABLE, hashOf, metaPolicy, securityHeaders } from './policy.mjs';

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    to: { type: 'string', default: 'dist' },
    cloud: { type: 'string', default: 'global' },
    'client-id': { type: 'string', default: '' },
    origin: { type: 'string', default: '' },
  },
});
const { cloud } = values;
const fail = (why) => {
  console.error(`dev: ${why}`);
  process.exit(1);
};
if (!CLOUDS[cloud]) fail(`there is no cloud '${cloud}': choose one of ${Object.keys(CLOUDS).join(', ')}`);
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
if (values['client-id'] && !guid.test(values['client-id'])) fail('--client-id takes the Application (client) ID, which is a GUID');
if (values.origin && new URL(values.origin).origin !== values.origin) fail('--origin takes scheme and host only, such as https://latchkey.example.com');

rmSync(values.to, { recursive: true, force: true });
cpSync(values.from, values.to, { recursive: true });

// Trunk does not hash further modules: they get the hash of their content here, so that they can be cached for good.
const hashed = (name) => {
  const bytes = readFileSync(`${values.to}/assets/${name}`);
  const path = name.replace(/(\.\w+)$/, `-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}$1`);
  renameSync(`${values.to}/assets/${name}`, `${values.to}/assets/${path}`);
  return `/assets/${path}`;
};
const application = { js: hashed('latchkey.js'), wasm: hashed('latchkey_bg.wasm') };
const certificate = { js: hashed('certificate.js'), wasm: hashed('certificate_bg.wasm') };

// index.html carries the style itself; the file is for 404.html, and for boot.js when a host's header blocks the inline one.
const style = `/assets/${readdirSync(`${values.to}/assets`).find((name) => name.endsWith('.css'))}`;
const css = readFileSync(values.to + style, 'utf8');
const styleHash = hashOf(css);
for (const name of ['index.html', '404.html']) {
  const page = readFileSync(`${values.to}/${name}`, 'utf8')
    .replace('<!-- policy -->', `<meta http-equiv="Content-Security-Policy" content="${metaPolicy(cloud, styleHash)}">\n    <meta name="latchkey-cloud" content="${cloud}">`)
    .replace('src="/boot.js"', `src="/boot.js" data-app-js="${application.js}" data-app-wasm="${application.wasm}" data-certificate-js="${certificate.js}" data-certificate-wasm="${certificate.wasm}" data-style="${style}"`)
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
    .replace('<!-- -->', '')
    .replace('<!-- style -->', `<link rel="stylesheet" href="${style}">`);
  writeFileSync(`${values.to}/${name}`, page);
}

const config = { cloud, clientId: values['client-id'], redirectOrigin: values.origin };
if (cloud === 'emulator') {
  [config.loginOrigin, config.graphOrigin] = CLOUDS.emulator;
  config.redirectOrigin ||= 'http://localhost:8400';
}
writeFileSync(`${values.to}/config.json`, `${JSON.stringify(config, null, 2)}\n`);

const headers = securityHeaders(cloud, styleHash);
const block = (path, entries) => `${path}\n${entries.map((line) => `  ${line}`).join('\n')}\n`;
const all = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
const SCREENS = ['/', '/index.html', '/auth', '/consent', '/app/*', '/404.html', '/config.json'];

// Cloudflare Pages and Netlify. Netlify can't take a header back, so Cache-Control stands only where it is meant.
writeFileSync(
  `${values.to}/_headers`,
  [
    block('/*', all),
    ...SCREENS.map((path) => block(path, ['Cache-Control: no-store'])),
    block('/boot.js', ['Cache-Control: no-cache']),
    block('/assets/*', [`Cache-Control: ${IMMUTABLE}`]),
  ].join(''),
);
writeFileSync(`${values.to}/_redirects`, '/app/* /index.html 200\n/auth /index.html 200\n/consent /index.html 200\n');

writeFileSync(
  `${values.to}/staticwebapp.config.json`,
  `${JSON.stringify(
    {
      globalHeaders: { ...headers, 'Cache-Control': 'no-store' },
      routes: [
        { route: '/assets/*', headers: { 'Cache-Control': IMMUTABLE } },
        { route: '/boot.js', headers: { 'Cache-Control': 'no-cache' } },
      ],
      navigationFallback: { rewrite: '/index.html', exclude: ['/assets/*', '/*.{js,wasm,css,map,json,ico,svg,png,txt}'] },
      mimeTypes: { '.wasm': 'application/wasm' },
    },
    null,
    2,
  )}\n`,
);

const nginx = (cache) => [...Object.entries(headers), ['Cache-Control', cache]].map(([name, value]) => `    add_header ${name} "${value}" always;`).join('\n');
writeFileSync(
  `${values.to}/nginx.conf`,
  `# Include this in the server block. Each location names every header: one add_header of its own would drop those of the server.
location /assets/ {
${nginx(IMMUTABLE)}
    try_files $uri =404;
}
location = /boot.js {
${nginx('no-cache')}
}
location ~ ^/(app/.*|auth|consent)$ {
${nginx('no-store')}
    try_files /index.html =404;
}
location / {
${nginx('no-store')}
    try_files $uri $uri/index.html =404;
}
error_page 404 /404.html;
types { application/wasm wasm; }
`,
);
if (!existsSync(`${values.to}/index.html`)) fail(`${values.to}/index.html was not made`);
