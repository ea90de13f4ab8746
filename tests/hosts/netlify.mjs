// A small server around the engines that Netlify publishes: they decide, this only moves bytes. A rule that insists, else a file, else
// another rule, else 404.html; then headers by the path that was asked for.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const [site, port] = process.argv.slice(2);
const require = createRequire(resolve('.tools/hosts/package.json'));
const engine = (name) => import(pathToFileURL(require.resolve(name)).href);
const { HeadersHandler } = await engine('@netlify/headers');
const { RedirectsHandler } = await engine('@netlify/redirects');
const { StaticHandler } = await engine('@netlify/static');

const refuse = { error: (why) => { throw new Error(why); } };
const files = new StaticHandler({ directory: site });
const file = async (request) => (await files.match(request))?.handle;
const headers = new HeadersHandler({ projectDir: site, publishDir: '.', logger: refuse });
const nothing = async (request) => {
  const page = await (await file(new Request(new URL('/404.html', request.url))))();
  return new Response(page.body, { status: 404, headers: page.headers });
};
// No rule of ours asks for a role, but the engine wants both words.
const redirects = new RedirectsHandler({ projectDir: site, publicDir: site, notFoundHandler: nothing, jwtSecret: '', jwtRoleClaim: '' });

const answer = async (request) => {
  const rule = await redirects.match(request);
  const routed = rule && (await redirects.handle(request, rule, file));
  return routed ?? (await (await file(request))?.()) ?? nothing(request);
};

createServer(async (incoming, outgoing) => {
  // Of all headers only Set-Cookie comes as a list, and it is none of a request.
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, { method: incoming.method, headers: /** @type {Record<string, string>} */ (incoming.headers) });
  const response = await answer(request);
  await headers.apply(request, response);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  Readable.fromWeb(response.body).pipe(outgoing);
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
