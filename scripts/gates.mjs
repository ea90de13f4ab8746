// Static checks that no compiler makes: `source` over src/, `dist` over what is served. Each failure names file and reason.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { CLOUDS, hashOf, headerPolicy, metaPolicy } from './policy.mjs';

const faults = [];
const fault = (where, why) => faults.push(`${where}: ${why}`);
const walk = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

/** Who may not import whom (docs/ARCHITECTURE.md). */
const FORBIDDEN = {
  domain: ['customers', 'entra', 'formats', 'graph', 'plan', 'store', 'platform', 'app', 'components', 'text'],
  customers: ['entra', 'plan', 'store', 'platform', 'app', 'components', 'text'],
  entra: ['customers', 'graph', 'plan', 'store', 'platform', 'app', 'components', 'text'],
  formats: ['customers', 'entra', 'plan', 'store', 'platform', 'app', 'components', 'text'],
  graph: ['customers', 'formats', 'plan', 'store', 'platform', 'app', 'components', 'text'],
  plan: ['store', 'platform', 'app', 'components', 'text'],
  store: ['entra', 'graph', 'plan', 'app', 'components', 'text'],
  text: ['platform', 'app', 'components'],
  platform: ['entra', 'graph', 'plan', 'store', 'app', 'components', 'text'],
  app: ['components'],
  components: ['platform', 'graph', 'store'],
};

const source = () => {
  for (const path of walk('src')) {
    const text = readFileSync(path, 'utf8');
    const layer = path.split('/')[1];
    for (const other of FORBIDDEN[layer] ?? []) {
      if (new RegExp(`crate::${other}\\b|use crate::\\{[^}]*\\b${other}::`).test(text)) fault(path, `imports ${other}/, which lies above it or is not its business`);
    }
    for (const [pattern, why] of [
      [/inner_html|set_inner_html|js_sys::eval|Function::new/, 'runs or parses markup or code from text'],
      [/[^:]style="/, 'sets style by attribute, which the policy blocks'],
      [/Closure::wrap\(Box::new\(.*as Box<dyn FnMut/, 'keeps a closure in the old way'],
    ]) {
      if (pattern.test(text)) fault(path, why);
    }
    if (text.split('\n').length > 600) fault(path, 'is longer than can be read in one sitting (600 lines)');
  }
};

const dist = () => {
  const files = walk('dist');
  const read = (name) => readFileSync(`dist/${name}`, 'utf8');
  const { cloud } = JSON.parse(read('config.json'));
  const styles = [...read('index.html').matchAll(/<style>([^<]*)<\/style>/g)];
  if (styles.length !== 1) fault('index.html', 'does not carry its style once');
  const style = hashOf(styles[0]?.[1] ?? '');
  for (const name of ['index.html', '404.html']) {
    const html = read(name).replace(name === 'index.html' ? (styles[0]?.[0] ?? '') : '', '');
    if (/<script(?![^>]*\bsrc=)/.test(html)) fault(name, 'has an inline script');
    if (/<style|\son\w+=|\sstyle=/.test(html)) fault(name, 'has inline style or an inline handler');
    if (!html.includes(`content="${metaPolicy(cloud, style)}"`)) fault(name, 'its policy is not the one of its cloud');
    if (html.indexOf('Content-Security-Policy') > html.indexOf('<link')) fault(name, 'its policy comes after the first link');
    for (const [, target] of html.matchAll(/(?:src|href|data-[\w-]+)="(\/[^"]+)"/g)) {
      if (target !== '/' && !existsSync(`dist${target}`)) fault(name, `names ${target}, which is not there`);
    }
  }
  const policy = headerPolicy(cloud, style);
  if (/unsafe-inline|unsafe-eval'(?!.)|\*/.test(policy.replace("'wasm-unsafe-eval'", ''))) fault('policy', 'allows what it must not');
  for (const name of ['_headers', 'staticwebapp.config.json', 'nginx.conf']) {
    if (!read(name).includes(policy)) fault(name, 'does not carry the policy');
  }
  for (const line of read('_headers').split('\n')) if (line.length >= 2000) fault('_headers', 'has a line of 2,000 characters or more');
  const allowed = [...Object.values(CLOUDS).flat(), 'http://www.w3.org', 'https://login.microsoftonline.com'];
  for (const path of files.filter((name) => /\.(html|js|css)$/.test(name))) {
    for (const [url] of readFileSync(path, 'utf8').matchAll(/https?:\/\/[a-z0-9.:-]+/gi)) {
      if (!allowed.some((origin) => url.startsWith(origin)) && !/rustwasm|developer\.mozilla|github\.com/.test(url)) fault(path, `names ${url}`);
    }
  }
  if (files.some((name) => name.endsWith('.map'))) fault('dist', 'has source maps');
  for (const path of files.filter((name) => name.endsWith('.wasm'))) {
    const text = readFileSync(path, 'latin1');
    // Our own crates are remapped; what still names a registry came compiled with the standard library.
    const paths = (text.match(/\/(home|root|Users)\/[\w./-]+/g) ?? []).filter((found) => !found.includes('/.cargo/registry/'));
    if (paths.length > 0) fault(path, `carries paths of the machine that built it: ${paths[0]}`);
  }
};

({ source, dist })[process.argv[2]]();
if (faults.length) {
  console.error(faults.map((line) => `gate: ${line}`).join('\n'));
  process.exit(1);
}
