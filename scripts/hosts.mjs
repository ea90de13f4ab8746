// The files by which each way of hosting learns headers and routes. They lie beside dist/, never in it: what lies in it is public.

import { CACHE, cacheOf } from './policy.mjs';

/** What answers with index.html although no file is there. */
const ROUTES = ['/auth', '/consent', '/app/*'];
const ROUTE = ROUTES.map((path) => path.slice(1).replace('*', '.*')).join('|');

/** What is sent compressed where we say so; servers name JavaScript in two ways. */
const COMPRESSED = ['text/html', 'text/css', 'text/javascript', 'application/javascript', 'application/json', 'application/wasm', 'image/svg+xml'];

const rules = (blocks) => blocks.map(([path, lines]) => `${path}\n${lines.map((line) => `  ${line}\n`).join('')}`).join('');
const lines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
const kept = (paths) => paths.filter((path) => cacheOf(path) !== CACHE.never);

// The path `/` stands for index.html: that name itself is answered by a redirect to it.
const redirects = ROUTES.map((path) => `${path} / 200\n`).join('');
// Netlify is told to hide its own two files; Cloudflare never takes them in.
const hidden = ['/_headers', '/_redirects'].map((path) => `${path} /404.html 404!\n`).join('');

// Each kept file is named, so that a file that is missing is never kept. Cloudflare lets everybody read across origins unless told.
const cloudflare = ({ headers, files }) =>
  rules([
    ['/*', [...lines({ ...headers, 'Cache-Control': CACHE.never }), '! Access-Control-Allow-Origin']],
    ...kept(files).map((path) => [path, ['! Cache-Control', `Cache-Control: ${cacheOf(path)}`]]),
  ]);

// Netlify can't take a header back, so no path is given Cache-Control twice.
const netlify = ({ headers, files }) =>
  rules([['/*', lines(headers)], ...['/', ...ROUTES, ...files].map((path) => [path, [`Cache-Control: ${cacheOf(path)}`]])]);

// A fallback would answer every address with the page, so each route is named.
const azure = ({ headers, files }) =>
  `${JSON.stringify(
    {
      globalHeaders: { ...headers, 'Cache-Control': CACHE.never },
      routes: [
        ...kept(files).map((route) => ({ route, headers: { 'Cache-Control': cacheOf(route) } })),
        ...ROUTES.map((route) => ({ route, rewrite: '/index.html' })),
      ],
      responseOverrides: { 404: { rewrite: '/404.html' } },
      mimeTypes: { '.wasm': 'application/wasm' },
    },
    null,
    2,
  )}\n`;

const alike = (paths) => paths.map((path) => path.replaceAll('.', '\\.')).join('|');
const askedFor = (files) => files.filter((path) => cacheOf(path) === CACHE.asked);

const nginx = ({ headers, files }) => `# Include this in the server block, after its root. Each location sets how long its files are kept and adds no header of its own:
# one add_header there would drop all of these.
index index.html;
error_page 404 /404.html;
set $latchkey_cache ${CACHE.never};
${Object.entries(headers).map(([name, value]) => `add_header ${name} "${value}" always;`).join('\n')}
add_header Cache-Control $latchkey_cache always;
gzip on;
gzip_types ${COMPRESSED.filter((type) => type !== 'text/html').join(' ')};
location / {
    try_files $uri $uri/index.html =404;
}
location ~ ^/(${ROUTE})$ {
    try_files /index.html =404;
}
location ~ ^(${alike(askedFor(files))})$ {
    set $latchkey_cache ${CACHE.asked};
}
location /assets/ {
    set $latchkey_cache "${CACHE.kept}";
    try_files $uri =404;
}
# Sets the first value again, whatever the location was that missed a file.
location = /404.html {
    internal;
}
`;

const caddy = ({ headers, files }) => `# Import this in the site block, after its root.
map {path} {latchkey_cache} {
${kept(files).map((path) => `    ${path} "${cacheOf(path)}"`).join('\n')}
    default "${CACHE.never}"
}
header {
${Object.entries({ ...headers, 'Cache-Control': '{latchkey_cache}' }).map(([name, value]) => `    ${name} "${value}"`).join('\n')}
}
@latchkey_routes path ${ROUTES.join(' ')}
rewrite @latchkey_routes /index.html
encode {
    zstd
    gzip
    match {
${COMPRESSED.map((type) => `        header Content-Type ${type}*`).join('\n')}
    }
}
file_server
handle_errors {
    rewrite * /404.html
    file_server
}
`;

const whenAskedFor = (paths) => `"expr=%{REQUEST_URI} =~ m#^(?:${alike(paths)})$#"`;
const apache = ({ headers, files }) => `# Include this in the <Directory> block of the root, or copy it there as .htaccess (AllowOverride All).
# It needs mod_headers and mod_rewrite, and compresses where mod_deflate and mod_filter are loaded.
Options -Indexes -MultiViews
DirectoryIndex index.html
ErrorDocument 404 /404.html
AddType text/html .html
AddType text/css .css
AddType text/javascript .js
AddType application/json .json
AddType application/wasm .wasm
AddType image/svg+xml .svg
${Object.entries({ ...headers, 'Cache-Control': CACHE.never }).map(([name, value]) => `Header always set ${name} "${value}"`).join('\n')}
Header always set Cache-Control "${CACHE.asked}" ${whenAskedFor(askedFor(files))}
Header always set Cache-Control "${CACHE.kept}" ${whenAskedFor(files.filter((path) => cacheOf(path) === CACHE.kept))}
RewriteEngine On
# A folder is nothing that can be asked for.
RewriteCond %{REQUEST_FILENAME} -d
RewriteRule ^. - [R=404,END]
RewriteRule ^(${ROUTE})$ index.html [END]
<IfModule mod_deflate.c>
<IfModule mod_filter.c>
    AddOutputFilterByType DEFLATE ${COMPRESSED.join(' ')}
</IfModule>
</IfModule>
`;

/**
 * Returns every file by its path under dist-hosts/. `headers` are those of policy.mjs, `files` the paths of all that dist/ holds,
 * `page` the text of index.html, `screens` the addresses of the page that are no pattern.
 */
export const hostFiles = (site) => ({
  'cloudflare/_headers': cloudflare(site),
  'cloudflare/_redirects': redirects,
  'netlify/_headers': netlify(site),
  'netlify/_redirects': redirects + hidden,
  'azure/staticwebapp.config.json': azure(site),
  'nginx/latchkey.conf': nginx(site),
  'caddy/latchkey.caddy': caddy(site),
  'apache/latchkey.conf': apache(site),
  // A host that knows files alone finds the page at each of its addresses.
  ...Object.fromEntries(site.screens.map((path) => [`plain${path}/index.html`, site.page])),
});

/** Returns the addresses that the text of crates/domain/src/route.rs names, patterns left out. */
export const screensOf = (routes) => {
  const found = [...new Set([...routes.matchAll(/"(\/[a-z][a-z/-]*[a-z])"/g)].map(([, path]) => path))];
  // Without these nobody comes back from Microsoft.
  for (const path of ['/auth', '/consent']) if (!found.includes(path)) throw new Error(`crates/domain/src/route.rs does not name ${path}`);
  return found;
};
