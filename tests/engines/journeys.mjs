// The main journeys, for an engine: one of them in every run, all with --all.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { application } from '../e2e/journeys.mjs';
import { ALL, assertNoViolations, startEmulator, tenantNamed } from '../e2e/support.mjs';
import { Visitor, article, banner, box, button, checkbox, dialog, grid, labelled, list, radio, row, searchbox, status } from './visitor.mjs';

const MANIFEST = readFileSync('tests/manifests/calendar-sync.txt', 'utf8');
const run = status('Run');
const next = (visitor) => visitor.press(button('Next'));
const untilRun = (visitor, state) => visitor.sees(state, run);

const choosePermission = async (visitor, title) => {
  await visitor.type(title.split(' ')[0], searchbox('Search permissions'));
  await visitor.tick(checkbox(title));
};

const chooseRole = async (visitor, name) => {
  await visitor.type(name, searchbox('Search roles'));
  await visitor.tick(checkbox(name));
};

/** Fills the wizard up to Review. `credential` chooses what differs on that page. */
const fillWizard = async (visitor, /** @type {{ name?: string, role?: string, credential?: () => Promise<unknown> }} */ { name = 'Nightly report', role, credential = async () => {} } = {}) => {
  await visitor.press(button('Create App session'));
  await visitor.press(button('App session'));
  await visitor.type(name, box('Name'));
  await next(visitor);
  await choosePermission(visitor, 'User.Read.All (application)');
  await next(visitor);
  await credential();
  await next(visitor);
  if (role) await chooseRole(visitor, role);
  await next(visitor);
  await visitor.meets({ role: 'table' });
};

const takeSecret = async (visitor) => {
  await visitor.press(button('Show secret'));
  const secret = await visitor.value(box('Client secret value'));
  await visitor.press(button('I have saved it'));
  await untilRun(visitor, 'Done');
  assert.equal(await visitor.count(box('Client secret value')), 0, 'the value is gone');
  return secret;
};

/**
 * Whether the module of the application came out of the cache; undefined while it was not loaded. WebKit counts the 300 bytes that stand
 * for headers where it takes a file from the disk, but not from the memory of a process that it kept: either way no connection was used.
 */
const isCached = () => {
  const loaded = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType('resource')).find(({ name }) => /latchkey_bg-\w+\.wasm$/.test(name));
  return loaded && { cached: loaded.transferSize === 0 || (loaded.transferSize === 300 && loaded.nextHopProtocol === '') };
};

const signOut = async (visitor) => {
  await visitor.open('/app/settings');
  await visitor.press(button('Sign out'));
  await visitor.until('Microsoft’s word that the sign-in ended', () => visitor.engine.run(() => location.pathname === '/auth'));
};

/** Registers the journeys; `start` is that of firefox.mjs or webkit.mjs. */
export const journeys = async (start) => {
  const emulator = await startEmulator();
  after(() => emulator.stop());
  beforeEach(() => emulator.control('POST', '/reset', { customers: 60 }));

  /** Nothing may have gone wrong at the end of a journey; its output says in which version. */
  const journey = (title, steps, { always = false } = {}) =>
    test(title, { skip: !always && !ALL && 'runs with --all' }, async (context) => {
      const visitor = new Visitor(start, emulator);
      context.after(() => visitor.leave());
      await visitor.begin();
      context.diagnostic(visitor.engine.version);
      await steps(visitor);
      await assertNoViolations(emulator, 'engines');
      await visitor.close();
      assert.deepEqual(visitor.faults, [], 'no error, nothing that the policy blocked');
    });

  journey('from Sign in to an App session with a secret, found again, and Sign out', async (visitor) => {
    // Whoever reaches for Sign in has the application at hand when they come back.
    await visitor.open();
    await visitor.until('the door', () => visitor.engine.run(() => Boolean(window.latchkeyBoot)));
    await visitor.engine.run(() => document.getElementById('sign-in').dispatchEvent(new Event('pointerenter')));
    assert.deepEqual(await visitor.until('the application, ahead of its use', () => visitor.engine.run(isCached)), { cached: false });
    await visitor.press(button('Sign in'));
    await visitor.passMicrosoft('admin@partner.example');
    await visitor.sees('Valid', article(/Harbour Lane Partners.*admin@partner\.example/));
    assert.deepEqual(await visitor.engine.run(isCached), { cached: true });
    await fillWizard(visitor, { role: 'Exchange Administrator' });
    await visitor.press(button('Create'));
    const secret = await takeSecret(visitor);
    await visitor.press(button('Use now'));
    await visitor.sees('Everything that was asked for is in place.');
    await visitor.press(button('Use now'));
    await visitor.sees('App session: Nightly report', banner());
    await visitor.engine.reload();
    await visitor.open();
    await visitor.sees('Nightly report', article());
    assert.equal((await application(emulator)).passwordCredentials.length, 1);
    await visitor.open('/app/history');
    await visitor.type('nightly', searchbox('Search runs'));
    await visitor.sees('1 run');
    assert.ok(!(await visitor.read()).includes(secret));
    await signOut(visitor);
    await visitor.open();
    await visitor.sees('Sign in again', article());
  }, { always: true });

  journey('a certificate that the browser makes', async (visitor) => {
    await visitor.signIn('admin@partner.example');
    await fillWizard(visitor, { credential: () => visitor.tick(radio('Certificate')) });
    await visitor.press(button('Create'));
    await visitor.press(button('Create certificate'));
    await visitor.press(button('Download PEM'));
    const pem = await visitor.downloaded('.pem');
    await visitor.press(button('I have saved it'));
    await untilRun(visitor, 'Done');
    const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
    assert.ok(certificate.verify(certificate.publicKey));
    const [key] = (await application(emulator)).keyCredentials;
    assert.equal(new Date(key.endDateTime).getTime(), new Date(certificate.validTo).getTime());
    await visitor.press(button('Use now'));
    await visitor.sees(certificate.fingerprint.replaceAll(':', ''));
  });

  journey('a connection account, proved by its own sign-in', async (visitor) => {
    const password = 'Quay-lantern-x9-42';
    await visitor.signIn('admin@partner.example');
    await visitor.press(button('Create connection account'));
    await visitor.type('Backup connector', box('Name'));
    await visitor.type('svc-backup', box('User name'));
    await next(visitor);
    await chooseRole(visitor, 'Exchange Administrator');
    await next(visitor);
    await visitor.meets({ role: 'table' });
    await visitor.press(button('Create'));
    await visitor.tick(radio('Type one'));
    await visitor.type('short', labelled('New password'));
    await visitor.press(button('Create the account'));
    await visitor.sees('The password is too short');
    await visitor.type(password, labelled('New password'));
    await visitor.press(button('Create the account'));
    assert.equal(await visitor.value(box('Password')), password);
    await visitor.press(button('I have saved it'));
    await visitor.press(button('Sign in as the account'));
    await visitor.passMicrosoft('svc-backup@partner.example', password);
    await visitor.press(button('Finish'));
    await untilRun(visitor, 'Done');
    await visitor.open();
    await visitor.sees('Signed in once', article('Harbour Lane Partners · Backup connector'));
  });

  journey('a vendor’s manifest, a blueprint file and a blueprint link', async (visitor) => {
    const blueprint = {
      latchkeyBlueprint: 1,
      kind: 'appSession',
      name: 'Of a file',
      redirectUris: ['https://evil.example.com/take'],
      permissions: [{ resource: '00000003-0000-0000-c000-000000000000', application: ['User.Read.All'] }],
      credential: { type: 'secret', days: 180 },
    };
    const file = join(visitor.folder, 'blueprint.json');
    writeFileSync(file, JSON.stringify(blueprint));
    await visitor.signIn('admin@partner.example');
    await visitor.press(button('Create App session'));
    await visitor.press(button('Calendar-sync service account'));
    await visitor.type('Lakeside calendar sync', box('Name'));
    await visitor.type('lakeside', box('Agency'));
    await visitor.sees('https://lakeside.example.com/settings/calendar-sync/auth-result');
    await next(visitor);
    await visitor.type(MANIFEST, box('Manifest, or its part requiredResourceAccess'));
    await visitor.sees('9 permissions of 3 APIs taken from the manifest');

    await visitor.open('/app/new');
    await visitor.chooseFile(file, labelled(/^Open a blueprint file/));
    assert.equal(await visitor.value(box('Name')), 'Of a file');

    const fragment = Buffer.from(JSON.stringify({ ...blueprint, name: 'Of a link' })).toString('base64url');
    await visitor.open(`/app/new#blueprint=${fragment}`);
    // What the file filled in stands there: a link does not replace it unasked.
    await visitor.press(button('Replace it'));
    assert.equal(await visitor.value(box('Name')), 'Of a link');
    await next(visitor);
    await visitor.sees('User.Read.All (application)', list('Chosen permissions'));
    for (let step = 0; step < 3; step += 1) await next(visitor);
    await visitor.sees('Filled by a link from outside');
    await visitor.meets({ role: 'table' });
    assert.equal(await visitor.isTicked(checkbox(/evil\.example\.com/)), false);
  });

  journey('Keep me signed in, over the end of the browser; a second tab; Recent sessions', async (visitor) => {
    const keep = checkbox(/^Keep me signed in/);
    const isSignedIn = () => visitor.sees('admin@partner.example', banner());
    await visitor.signIn('admin@partner.example');
    await visitor.engine.newTab();
    await visitor.open();
    await visitor.sees('Sign in again', article());
    await visitor.engine.use(visitor.engine.first);
    await visitor.tick(keep);
    await visitor.until('the sealed sign-in on the device', () => visitor.engine.run(() => sessionStorage.getItem('latchkey.sealed') === null));
    await visitor.engine.newTab();
    await visitor.open();
    await isSignedIn();
    await visitor.close();

    await visitor.begin();
    await visitor.open();
    await isSignedIn();
    await visitor.press(article(), button('Favorite'));
    await visitor.press(article(), button('Remove'));
    await visitor.sees('No session yet.');
    await visitor.press(button('Put it back'));
    await visitor.sees('Valid', article());
    await visitor.press(keep);
    await visitor.until('the sealed sign-in in the tab', () => visitor.engine.run(() => sessionStorage.getItem('latchkey.sealed') !== null));
    await visitor.engine.reload();
    await isSignedIn();
    await visitor.close();

    await visitor.begin();
    await visitor.open();
    await visitor.sees('Sign in again', article());
  });

  journey('Partner Access: a customer is found, opened and left again', async (visitor) => {
    await visitor.signIn('tech@partner.example');
    await visitor.press(button('Partner Access'));
    await visitor.sees(/Read (just now|\d)/);
    const { id, displayName, domain } = await tenantNamed(emulator, 'customer4.example');
    await visitor.type(domain, searchbox('Search customers'));
    await visitor.until('the one customer', async () => (await visitor.count(grid(), row())) === 1);
    assert.match(await visitor.read(grid(), row()), new RegExp(id));
    await visitor.press(row(displayName), button(/^Details/));
    await visitor.type('The Süd branch', dialog(), box('Your alias'));
    await visitor.press(button('Save'));
    await visitor.type('sud', searchbox('Search customers'));
    await visitor.sees('The Süd branch', row(displayName));
    await visitor.press(row(displayName), button(/^Open session/));
    await visitor.sees(domain, banner());
    await visitor.open();
    await visitor.press(article(/Harbour Lane Partners · tech@/), button('Switch'));
    await visitor.sees('partner.example', banner());
  });

  journey('the consent matrix: every customer is checked', async (visitor) => {
    await visitor.signIn('tech@partner.example');
    await visitor.press(button('Partner Access'));
    await visitor.sees(/Read (just now|\d)/);
    await visitor.press(button('Select all found'));
    await visitor.press(button('Check current status'));
    await visitor.sees('60 of 60 customers checked.', status('Check'));
    await visitor.sees('Everything is granted', grid('Consents'));
  });
};
