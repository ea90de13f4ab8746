// The real thing for each way of hosting: started on a free port over a copy of the page and the files that were made for it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const NPM = resolve('.tools/hosts');
const versionOf = (name) => JSON.parse(readFileSync(`${NPM}/node_modules/${name}/package.json`, 'utf8')).version;
const said = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const firstNumber = (text) => text.match(/\d+\.\d+[\w.+-]*/)[0];

/** A port that is free, below those that the system gives to connections: it must still be free when the server starts. */
export const freePort = () =>
  new Promise((found) => {
    const port = randomInt(10_000, 30_000);
    const server = createServer().listen(port, '127.0.0.1', () => server.close(() => found(port)));
    server.once('error', () => found(freePort()));
  });

/** A file for the server, in its folder. */
const write = (folder, name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const nginx = ({ site, files, folder, port }) => [
  'nginx',
  [
    '-p', folder, '-e', 'stderr', '-c',
    write(folder, 'server.conf', `
daemon off;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
    include /etc/nginx/mime.types;
    access_log off;
    server {
        listen 127.0.0.1:${port};
        root ${site};
        include ${files}/latchkey.conf;
    }
}`),
  ],
  { ready: /start worker processes/ },
];

// As the container runs it: every path below the folder of the configuration, by somebody who may write to nothing but /tmp.
const container = ({ site, files, folder, port }) => {
  cpSync(`${files}/../container/nginx.conf`, `${folder}/nginx.conf`);
  cpSync(`${files}/../nginx/latchkey.conf`, `${folder}/latchkey.conf`);
  cpSync(site, `${folder}/html`, { recursive: true });
  const conf = readFileSync(`${folder}/nginx.conf`, 'utf8');
  assert.match(conf, /listen 8080;/);
  writeFileSync(`${folder}/nginx.conf`, conf.replace('listen 8080;', `listen 127.0.0.1:${port};`));
  const entry = JSON.parse(readFileSync(`${files}/../container/Dockerfile`, 'utf8').match(/^ENTRYPOINT (.*)$/m)[1]);
  const command = entry.map((word) => word.replace('/srv/latchkey', folder));
  const unprivileged = process.getuid() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', '--bounding-set=-all'] : [];
  const [first, ...rest] = [...unprivileged, 'sh', '-c', '"$@" 2>&1 | cat', 'sh', ...command];
  return [first, rest, { ready: /start worker processes/ }];
};

const caddy = ({ site, files, folder, port }) => [
  'caddy',
  [
    'run', '--adapter', 'caddyfile', '--config',
    write(folder, 'Caddyfile', `{
    admin off
    auto_https off
}
http://localhost:${port} {
    bind 127.0.0.1
    root * ${site}
    import ${files}/latchkey.caddy
}
`),
  ],
  { ready: /serving initial configuration/, env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } },
];

const MODULES = '/usr/lib/apache2/modules';
const apache = (inAccessFile) => ({ site, files, folder, port }) => {
  if (inAccessFile) cpSync(`${files}/latchkey.conf`, `${site}/.htaccess`);
  return [
    'apache2',
    [
      '-D', 'FOREGROUND', '-d', folder, '-f',
      write(folder, 'httpd.conf', `
${['mpm_event', 'authz_core', 'autoindex', 'dir', 'mime', 'headers', 'rewrite', 'filter', 'deflate'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
ServerName localhost
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ErrorLog /dev/stderr
TypesConfig /etc/mime.types
DocumentRoot ${site}
<Files ".ht*">
    Require all denied
</Files>
<Directory ${site}>
    Require all granted
    ${inAccessFile ? 'AllowOverride All' : `AllowOverride None\n    Include ${files}/latchkey.conf`}
</Directory>`),
    ],
    { ready: /resuming normal operations/ },
  ];
};

const wrangler = ({ site, folder, port }) => [
  process.execPath,
  [`${NPM}/node_modules/wrangler/bin/wrangler.js`, 'pages', 'dev', site, '--port', port, '--ip', '127.0.0.1', '--compatibility-date', '2026-04-01', '--persist-to', join(folder, 'state'), '--show-interactive-dev-session=false'],
  { ready: /Ready on/, env: { WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', WRANGLER_LOG_PATH: join(folder, 'log'), XDG_CONFIG_HOME: folder, CI: '1' } },
];

const azure = ({ site, port }) => [
  process.execPath,
  [`${NPM}/node_modules/@azure/static-web-apps-cli/dist/cli/bin.js`, 'start', site, '--swa-config-location', site, '--port', port, '--host', 'localhost'],
  { ready: /emulator started at/, env: { NO_UPDATE_NOTIFIER: '1', SWA_CLI_DEBUG: 'log' } },
];

const netlify = ({ site, port }) => [process.execPath, ['tests/hosts/netlify.mjs', site, port], { ready: /listening/, cwd: process.cwd() }];

const plain = ({ site, port }) => ['python3', ['-u', '-m', 'http.server', port, '--bind', '127.0.0.1', '--directory', site], { ready: /Serving HTTP/ }];

/**
 * Each way of hosting. `files` is its folder under dist-hosts/; `inRoot` says that the files go into the page's folder, as --host does.
 * `lacks` names what this server can't do, and why that is so; `answers` the status of what it hides in another way than by 404.
 */
export const HOSTS = [
  { name: 'nginx', files: 'nginx', start: nginx, version: () => execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }) },
  { name: 'nginx without rights, as in the container', files: 'container', start: container, version: () => execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }) },
  { name: 'Caddy', files: 'caddy', start: caddy, version: () => said('caddy', 'version') },
  { name: 'Apache', files: 'apache', start: apache(false), version: () => said('apache2', '-v'), answers: { '/.htaccess': 403 } },
  { name: 'Apache with .htaccess', files: 'apache', start: apache(true), version: () => said('apache2', '-v'), answers: { '/.htaccess': 403 } },
  {
    name: 'Cloudflare Pages (wrangler)',
    files: 'cloudflare',
    inRoot: true,
    start: wrangler,
    version: () => versionOf('wrangler'),
    // It leaves these out of what it serves, and stumbles over that; Cloudflare never gets them as files.
    answers: { '/_headers': 502, '/_redirects': 502 },
  },
  { name: 'Azure Static Web Apps CLI', files: 'azure', inRoot: true, start: azure, version: () => versionOf('@azure/static-web-apps-cli'), lacks: { headersOnMissing: 'its 404 carries no headers at all' } },
  {
    name: 'Netlify (its rule engines)',
    files: 'netlify',
    inRoot: true,
    start: netlify,
    version: () => `${versionOf('@netlify/headers')} (headers), ${versionOf('@netlify/redirects')} (redirects)`,
  },
  { name: 'plain files (Python)', files: 'plain', inRoot: true, start: plain, version: () => said('python3', '--version'), lacks: { headers: 'it has none', routes: 'it finds files alone' } },
].map((host) => ({ lacks: {}, answers: {}, inRoot: false, ...host, version: () => firstNumber(host.version()) }));

const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));

/** Copies a folder and puts other texts for those of the build into what is text. */
const copyWith = (from, to, replaced) => {
  cpSync(from, to, { recursive: true });
  for (const path of walk(to).filter((name) => !/\.(wasm|js|css|svg)$/.test(name))) {
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, replaced.reduce((done, [old, other]) => done.replaceAll(old, other), text));
  }
};

/** Starts a host over a copy of dist/ that signs in at `emulator`; `port` is where the emulator knows the page. */
export const serve = async (host, emulator, port) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-host-'));
  chmodSync(folder, 0o755);
  const origin = `http://localhost:${port}`;
  const replaced = [['http://localhost:8400', origin], ['http://localhost:8401', emulator.login], ['http://localhost:8402', emulator.graph]];
  const site = join(folder, 'site');
  copyWith('dist', site, replaced);
  copyWith('dist-hosts', join(folder, 'files'), replaced);
  const files = join(folder, 'files', host.files);
  const config = JSON.parse(readFileSync(`${site}/config.json`, 'utf8'));
  writeFileSync(`${site}/config.json`, JSON.stringify({ ...config, clientId: emulator.clientId }));
  if (host.inRoot) cpSync(files, site, { recursive: true });
  mkdirSync(join(folder, 'run'));
  const [command, args, { ready, env = {}, cwd }] = host.start({ site, files, folder: join(folder, 'run'), port });
  // A group of its own, which ends as a whole when its input ends: some servers start further processes, and none is to outlive this
  // one. The output goes through a pipe, which servers can open as /dev/stderr; what Node gives them by itself is a socket.
  const group = '{ "$@" 2>&1 | cat; kill 0; } & read end; kill 0';
  const child = spawn('sh', ['-c', group, 'sh', command, ...args.map(String)], { detached: true, cwd: cwd ?? join(folder, 'run'), env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const heard = [];
  await /** @type {Promise<void>} */ (new Promise((open, failed) => {
    child.once('error', failed);
    child.once('close', (code) => failed(new Error(`${host.name} ended with ${code}:\n${heard.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard.push(line);
      if (ready.test(line)) open();
    });
  }));
  const stop = async () => {
    const gone = new Promise((resolved) => child.once('close', resolved));
    child.stdin.end();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  return { origin, stop };
};
