// Lays out what the fuzzers begin with: the corpora and the pinned records of the tests, and certificates that OpenSSL makes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const [folder] = process.argv.slice(2);
const seed = (target, content) => {
  mkdirSync(`${folder}/${target}`, { recursive: true });
  writeFileSync(`${folder}/${target}/${createHash('sha1').update(content).digest('hex')}`, content);
};
/** What a snapshot of insta pins, without its head. */
const pinned = (name) => readFileSync(`tests/core/snapshots/core__${name}.snap`, 'utf8').split('\n---\n')[1];

for (const name of readdirSync('tests/manifests')) seed('manifest', readFileSync(`tests/manifests/${name}`));

const documents = [
  pinned('formats__a_blueprint_written_and_read_and_written_is_the_same_bytes'),
  JSON.stringify({ latchkeyBlueprint: 1, kind: 'appSession', name: 'Nightly report', redirectUris: ['http://localhost:8080/cb'], permissions: [{ resource: '00000003-0000-0000-c000-000000000000', application: ['User.Read.All'] }], credential: { type: 'certificate', days: 365, keyLength: 3072 }, roles: ['Exchange Administrator'] }),
  JSON.stringify({ latchkeyBlueprint: 1, kind: 'connectionAccount', name: 'Scans', account: { userName: 'svc-scan', displayName: 'Scans', mustChangePassword: false, usageLocation: 'CH', licence: 'EXCHANGESTANDARD', roles: ['Directory Readers'] }, notes: 'Two lines.\n"Quoted".' }),
];
for (const text of documents) {
  seed('blueprint', text);
  seed('link', `blueprint=${Buffer.from(text).toString('base64url')}`);
}

const [session, run] = ['journal__session_record', 'journal__run_record'].map((name) => JSON.parse(pinned(name)));
seed('history', JSON.stringify({ latchkey: 1, exported: '2026-11-20T08:00:00Z', sessions: [session], runs: [run] }));

for (const text of ['\ufeff"Tenant ID","Domain","Name"\r\n"a","b","\'=1+1"\r\n', 'a;b;c\n1;2;"3;4"\n', 'a,b,c\n"x ""y""",,\n', '\'quoted,\'\'twice,"line\nbreak"']) seed('csv', text);

const answers = [
  [{ id: '1', status: 200, headers: { 'request-id': 'r-1' }, body: { value: [] } }, { id: '0', status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'gone', innerError: { 'request-id': 'r-2' } } } }],
  [{ id: '0', status: 429, headers: { 'Retry-After': '7' }, body: { error: { code: 'TooManyRequests' } } }, { id: '2', status: 503, headers: { 'Retry-After': 'Wed, 18 Nov 2026 10:00:00 GMT' } }],
  [{ id: '0', status: 401, headers: { 'WWW-Authenticate': `Bearer error="insufficient_claims", claims="${Buffer.from('{"access_token":{}}').toString('base64')}"` }, body: { error: { code: 'InvalidAuthenticationToken' } } }],
  [{ id: '0', status: 400, body: { error: { code: 'Request_BadRequest', message: 'Permission being assigned already exists on the object', details: [{ target: 'uniqueName' }] } } }, { id: '3', status: 204 }],
];
for (const responses of answers) seed('batch', JSON.stringify({ responses }));

const tenant = '8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60';
const now = 1_795_000_000;
const claims = { ver: '2.0', iss: `https://login.microsoftonline.com/${tenant}/v2.0`, aud: '5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef', exp: now + 3600, nbf: now, iat: now, sub: 's', tid: tenant, oid: '48d31887-5fad-4d73-a9f5-3c356e68a038', name: 'Ada', nonce: 'n1', roles: ['AppSessions.Access'], login_hint: 'h' };
seed('id_token', JSON.stringify(claims));
seed('id_token', ['{"alg":"RS256","typ":"JWT"}', JSON.stringify(claims), 'sig'].map((part) => Buffer.from(part).toString('base64url')).join('.'));

seed('redirect', `code=0.AX&state=s1&session_state=x&client_info=e30`);
seed('redirect', 'error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+no&state=s1');
seed('redirect', `admin_consent=True&tenant=${tenant}&state=s1&scope=User.Read`);
seed('redirect', `#client=5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef&asker=Ada%20%E2%80%AE&tenant=${tenant}`);

const openssl = (line) => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
for (const [key, more] of [['rsa:2048', '-sha256'], ['rsa:1024', '-sha1'], ['ed25519', ''], ['rsa:2048', '-sha256 -addext basicConstraints=critical,CA:false -addext subjectAltName=DNS:localhost']]) {
  openssl(`req -x509 -nodes -newkey ${key} -keyout key.pem -out made.pem -days 7300 -subj /CN=Nightly-report/O=Contoso ${more}`.trim());
  for (const form of ['PEM', 'DER']) seed('certificate', openssl(`x509 -in made.pem -outform ${form}`));
}
