// The main journeys while Microsoft behaves in another way at one point: a sample that the day, or LATCHKEY_SEED, chooses; all with --all.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { application, checked, finishAccount, makeAppSession, makeConnectionAccount, openCustomer, openPartnerAccess, rotateSecret, signInAsAccount, startCheck } from './journeys.mjs';
import { ALL, Visitor, assertNoViolations, sample, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage(['--customers', '110']);
beforeEach(() => emulator.control('POST', '/reset', { customers: 110 }));

/** In the page: where reading failed, the button of that notice is pressed. Outcomes of writes are the page's own business. */
const pressAgain = () => {
  new MutationObserver(() => {
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('main .notice:not(.obstacles) button'))) {
      if (/^(Look again|Try again|Retry)$/.test(button.textContent.trim()) && !button.dataset.pressed) {
        button.dataset.pressed = 'yes';
        button.click();
      }
    }
  }).observe(document, { childList: true, subtree: true });
};

let isPatient = false;
let hurries = false;
const hurrying = [];

const arrive = async (upn) => {
  const visitor = await Visitor.arrive(browser, emulator);
  if (isPatient) await visitor.context.addInitScript(pressAgain);
  if (hurries) {
    await visitor.context.clock.install();
    // Between two clicks more time goes by than a page that nobody uses stays open.
    await visitor.limit({ idleMinutes: 480 });
    const advance = () => Promise.all([emulator.control('POST', '/clock', { advanceSeconds: 3 }), visitor.context.clock.fastForward(3_000)]);
    visitor.context.on('request', (request) => request.url().startsWith(emulator.graph) && hurrying.push(advance()));
  }
  await visitor.signIn(upn);
  return visitor;
};

const leave = async (visitor) => {
  visitor.assertClean();
  await Promise.all(hurrying.splice(0));
  await visitor.leave();
};

/** An App session from the wizard to Use now, its secret rotated, and the account of a connector, in one visit. */
const administrator = async (/** @type {{ lifetime?: string }} */ { lifetime } = {}) => {
  const visitor = await arrive('admin@partner.example');
  await makeAppSession(visitor, { roles: ['Exchange Administrator'], lifetime });
  const app = await application(emulator);
  assert.equal(app.passwordCredentials.length, 1);
  await rotateSecret(visitor, { lifetime: lifetime ?? '90' });

  const password = await makeConnectionAccount(visitor, 'svc-backup');
  await signInAsAccount(visitor, 'svc-backup@partner.example', password);
  await finishAccount(visitor);
  const tenant = await tenantNamed(emulator, 'partner.example');
  const principal = tenant.servicePrincipals.find((known) => known.appId === app.appId);
  assert.ok(tenant.appRoleAssignments.some((known) => known.principalId === principal.id), 'the application permission is given');
  const granted = tenant.oauth2PermissionGrants.filter((known) => known.clientId === principal.id);
  assert.deepEqual(granted.map((known) => known.scope), ['Calendars.Read'], JSON.stringify(app.requiredResourceAccess));
  const user = tenant.users.find((known) => known.userPrincipalName === 'svc-backup@partner.example');
  for (const id of [principal.id, user.id]) assert.equal(tenant.roleAssignments.filter((known) => known.principalId === id).length, 1, 'each has its role');
  assert.equal(user.assignedLicenses.length, 1);
  await leave(visitor);
};

/** The technician opens a customer, meets one who never consented, and checks all of them; where asked, after a step-up by hand. */
const technician = async ({ stepsUp = false } = {}) => {
  const visitor = await arrive('tech@partner.example');
  const { page } = visitor;
  if (stepsUp) {
    await page.goto(`${emulator.app}/app/partner`);
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText(/^Read (just now|\d)/).waitFor();
  }
  await openPartnerAccess(visitor);
  const { domain } = await openCustomer(visitor, 5);
  await page.getByRole('banner').getByText(domain, { exact: true }).waitFor();

  await openPartnerAccess(visitor);
  const { id, displayName } = await openCustomer(visitor, 106);
  const stopped = page.locator('.stopped').filter({ hasText: displayName });
  await stopped.getByText(/has not (approved this app yet|consented to what this page needs here)\./).waitFor();
  await visitor.button('Give consent now').waitFor();
  await visitor.button('Copy consent URL').click();
  await page.getByText(/ copied$/).first().waitFor();
  assert.ok(visitor.copied.startsWith(`${emulator.login}/${id}/v2.0/adminconsent?`), visitor.copied);
  await visitor.button('Close').click();

  await startCheck(visitor, '');
  const rows = await checked(visitor, 110);
  const { tenants } = await emulator.control('GET', '/state');
  const said = (number, text) => {
    const [tenant] = Object.entries(tenants).find(([, known]) => known.domain === `customer${number}.example`);
    const row = rows.find((line) => line.includes(tenant));
    assert.match(row, text, `customer ${number}`);
  };
  for (const number of [10, 100]) said(number, /"Everything is granted/);
  for (const number of [101, 103, 105, 106, 107, 108, 109]) said(number, /"No consent/);
  said(102, /"You have no access/);
  said(104, /policy/);
  await leave(visitor);
};

const both = async (wizard) => {
  await administrator(wizard);
  await technician();
};

/** The secret is refused; the run says why, keeps what it made, and can be gone on with. */
const refusedSecret = async () => {
  const visitor = await arrive('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.button('Show secret').click({ timeout: 45_000 });
  await visitor.page.getByText('was refused: a policy of this tenant forbids client secrets.').first().waitFor();
  const app = await application(emulator);
  assert.equal(app.passwordCredentials.length, 0);
  const asked = (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/addPassword'));
  assert.ok(asked.length > 0, 'Graph itself was asked');
  await leave(visitor);
};

/** A challenge that a step-up does not end: one sign-in, then words. */
const endlessChallenge = async () => {
  const visitor = await arrive('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  const steppedUp = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/authorize') && entry.query.includes('acrs'));
  await visitor.page.waitForURL(/\/app\/run\//);
  await visitor.untilRun('Paused');
  await visitor.page.getByText(/asked twice for the same proof/).first().waitFor();
  assert.equal((await steppedUp()).length, 1, 'nobody is sent to and fro');
  assert.equal(await application(emulator), undefined, 'nothing was written');
  await leave(visitor);
};

/** While replication is slow, each request to Graph takes three seconds of the emulator's time and of the page's. */
const slow = async () => {
  hurries = true;
  try {
    await administrator();
    // Another browser's clock is that of this machine.
    await emulator.control('POST', '/reset', { customers: 110 });
    await emulator.control('POST', '/quirks', { replication: 'slow' });
    await technician();
  } finally {
    hurries = false;
  }
};

/** Where something between breaks answers, the person presses what the page offers. */
const patient = async () => {
  isPatient = true;
  try {
    await both();
  } finally {
    isPatient = false;
  }
};

/** Nothing is renewed before a step-up: where the person only looks, a button leads to it. */
const challengedRenewal = async () => {
  await administrator();
  await technician({ stepsUp: true });
};

/** What is to be tried where the journeys as they are don't fit. */
const SPECIAL = {
  'unconsented-number': () => technician(),
  'unconsented-error': () => technician(),
  'consent-suberror': () => technician(),
  'client-info-elsewhere': () => technician(),
  'claims-challenge=always': endlessChallenge,
  'claims-challenge=token-endpoint': challengedRenewal,
  'claims-challenge=token-endpoint-invalid-grant': challengedRenewal,
  'app-management-policy=tenant-lifetime': () => administrator({ lifetime: '90' }),
  'app-management-policy=tenant-no-secrets': refusedSecret,
  'app-management-policy=app-override': () => administrator({ lifetime: '30' }),
  'policy-refusal=403': async () => {
    await emulator.control('POST', '/quirks', { 'app-management-policy': 'tenant-no-secrets' });
    await refusedSecret();
  },
  'replication=slow': slow,
  'error-body=empty': patient,
  'error-body=html': patient,
  'foreign-200=on': patient,
};

const quirks = await emulator.control('GET', '/quirks');
const others = quirks.flatMap((quirk) => quirk.values.map(({ value }) => [quirk.name, value]).filter(([, value]) => value !== quirk.default));

const only = process.env.LATCHKEY_QUIRK?.split('=');
const seed = Number(process.env.LATCHKEY_SEED ?? Math.floor(Date.now() / 86_400_000));
const wanted = only ? others.filter(([name, value]) => name === only[0] && (only[1] ?? value) === value) : others;
const chosen = ALL || only ? wanted : sample(others, 3, seed);
console.log(`quirks, LATCHKEY_SEED=${seed}: ${chosen.map((pair) => pair.join('=')).join(', ')}`);
assert.ok(chosen.length > 0, 'there is such a quirk');

for (const [name, value] of chosen) {
  test(`the main journeys under ${name}=${value}`, async () => {
    await emulator.control('POST', '/quirks', { [name]: value });
    await (SPECIAL[`${name}=${value}`] ?? SPECIAL[name] ?? both)();
    await assertNoViolations(emulator, `quirk-${name}-${value}`);
  });
}
