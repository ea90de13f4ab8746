// Check with Microsoft: reading, writing with a test app, what is left of it, and the report.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(async () => {
  await emulator.control('POST', '/reset', { customers: 60 });
  await emulator.control('DELETE', '/faults');
});

const arrive = async (upn = 'admin@partner.example') => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn(upn);
  await visitor.page.getByRole('link', { name: 'Settings', exact: true }).click();
  await visitor.page.getByRole('link', { name: 'Check with Microsoft', exact: true }).click();
  await visitor.page.getByRole('heading', { name: 'Check with Microsoft', level: 1 }).waitFor();
  return visitor;
};

const start = async (visitor) => {
  await visitor.button('Start the check').click();
  await visitor.page.getByRole('heading', { name: 'Results' }).waitFor();
};

/** The result of a point, whether its part is open or not. */
const resultOf = (visitor, code) => visitor.page.locator(`[data-point="${code}"] .chip`).textContent();

const differing = (visitor) =>
  visitor.page.locator('[data-point]').evaluateAll((rows) => rows.filter((row) => row.querySelector('.chip').textContent === 'Differs').map((row) => row.dataset.point));

const reportOf = async (visitor) => {
  await visitor.page.getByText('What the report says').click();
  const text = await visitor.page.getByLabel('Report', { exact: true }).textContent();
  await visitor.copy('Copy report', text);
  return text;
};

/** Everything that tells one tenant, person or object from another. */
const namesOf = async () => {
  const { tenants } = await emulator.control('GET', '/state');
  const found = new Set(await emulator.control('GET', '/marks'));
  for (const [id, tenant] of Object.entries(tenants)) {
    for (const text of [id, tenant.domain, tenant.displayName]) found.add(text);
    for (const list of ['applications', 'users', 'servicePrincipals', 'oauth2PermissionGrants']) {
      for (const object of tenant[list]) for (const name of ['id', 'userPrincipalName', 'uniqueName']) if (object[name]) found.add(object[name]);
    }
  }
  return [...found];
};

const leftOver = async () => (await tenantNamed(emulator, 'partner.example')).applications.filter((app) => app.displayName.startsWith('Latchkey check '));

test('whoever is not signed in comes back to the check; all that is read is as expected, and the report names nobody', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await page.goto(`${emulator.app}/app/check`);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await visitor.passMicrosoft('admin@partner.example');
  await visitor.button('Start the check').waitFor();
  assert.equal(new URL(page.url()).pathname, '/app/check');
  await visitor.checkScreen('check-before');
  await emulator.control('DELETE', '/requests');
  await start(visitor);
  await page.getByText(/^Microsoft answered as expected on all \d\d points tried\./).waitFor();
  assert.deepEqual(await differing(visitor), []);
  assert.equal(await resultOf(visitor, 'renewal-nonce'), 'Held');
  assert.equal(await resultOf(visitor, 'secret-added'), 'Not tried');
  const writes = (await emulator.control('GET', '/requests')).filter((entry) => entry.origin === 'graph' && entry.method !== 'GET' && !entry.path.endsWith('$batch'));
  assert.deepEqual(writes, [], 'it reads only');
  await page.getByRole('strong').filter({ hasText: 'Sign-in and renewal' }).click();
  await visitor.checkScreen('check-held');
  const report = await reportOf(visitor);
  assert.match(report, /^Browser: Chromium \d+$/m);
  assert.match(report, /^Tenant: [0-9a-f]{12}$/m);
  assert.match(report, /^renewal-nonce: held$/m);
  const names = await namesOf();
  assert.ok(names.length > 200, `${names.length} names`);
  for (const name of names) assert.ok(!report.toLowerCase().includes(name.toLowerCase()), `${name} is in the report`);
  await visitor.assertNoMarks();
  visitor.assertClean();
  await assertNoViolations(emulator, 'check');
  await visitor.leave();
});

test('on the emulator the check is not offered by itself', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('admin@partner.example');
  assert.equal(await visitor.page.getByRole('note', { name: 'Check with Microsoft' }).count(), 0);
  await visitor.leave();
});

test('what differs is open, with what it means; a browser shows whether it may read Retry-After', async () => {
  await emulator.control('POST', '/quirks', { 'nonce-on-refresh': 'off', 'retry-after': 'hidden', 'error-body': 'bare' });
  await emulator.control('POST', '/faults', { match: { path: '/v1.0/$batch', nth: 3 }, then: { status: 429, headers: { 'Retry-After': '1' }, body: { error: { code: 'TooManyRequests', message: 'Wait.' } } } });
  const visitor = await arrive();
  const { page } = visitor;
  await start(visitor);
  await page.getByText(/^Microsoft answered differently on 3 of \d\d points\./).waitFor();
  assert.deepEqual(await differing(visitor), ['renewal-nonce', 'retry-after', 'error-body']);
  await page.getByRole('row', { name: /Nonce after a renewal/ }).getByText('This page works with both.').waitFor();
  await page.getByRole('row', { name: /Body of an error/ }).getByText('Missing: error.innerError').waitFor();
  await visitor.checkScreen('check-differs');
  const report = await reportOf(visitor);
  assert.match(report, /^renewal-nonce: differs; expected: The ID token carries the nonce of the sign-in; came: Nothing$/m);
  visitor.assertClean();
  await visitor.leave();
});

test('the test app is planned, confirmed, walked through its life and gone for good, and its secret is nowhere', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await start(visitor);
  await emulator.control('DELETE', '/requests');
  await visitor.button('Show the plan').click();
  const plan = page.getByRole('region', { name: 'Plan', exact: true });
  await plan.getByText('Harbour Lane Partners').waitFor();
  await plan.getByText(/^Create the app registration “Latchkey check \d{4}-\d\d-\d\d \(safe to delete\)”$/).waitFor();
  await visitor.checkScreen('check-plan');
  const writes = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.origin === 'graph' && entry.method !== 'GET' && !entry.path.endsWith('$batch'));
  assert.deepEqual(await writes(), []);
  await visitor.button('Carry out').click();
  await visitor.untilRun('Done');
  assert.equal(await visitor.button('Use now').count(), 0, 'the app is gone');
  assert.equal(await visitor.button('Undo').count(), 0, 'nothing is left to undo');
  await visitor.checkScreen('check-run');
  assert.deepEqual(await leftOver(), []);
  assert.ok((await writes()).length >= 10);
  await visitor.assertNoMarks();
  await page.getByRole('link', { name: 'Check with Microsoft', exact: true }).click();
  await page.getByRole('heading', { name: 'Results' }).waitFor();
  assert.deepEqual(await differing(visitor), []);
  for (const code of ['upsert-in-batch', 'duplicate-name', 'secret-added', 'certificate-added', 'application-grant', 'role-assignment', 'final-deletion', 'replication']) {
    assert.equal(await resultOf(visitor, code), 'Held', code);
  }
  const report = await reportOf(visitor);
  for (const name of await namesOf()) assert.ok(!report.toLowerCase().includes(name.toLowerCase()), `${name} is in the report`);
  // It is no App session of anybody.
  await page.getByRole('link', { name: 'Recent sessions' }).click();
  await page.getByRole('article').first().waitFor();
  assert.equal(await page.getByRole('article', { name: /Latchkey check/ }).count(), 0);
  await visitor.button('Find App sessions in this tenant').click();
  await page.getByText('No App session of this page in this tenant').waitFor();
  visitor.assertClean();
  await assertNoViolations(emulator, 'check-written');
  await visitor.leave();
});

test('a check that was stopped half-way is cleaned up, from another browser too', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await visitor.button('Clean up').click();
  await page.getByText('Nothing is left of earlier checks in this tenant.').waitFor();
  await emulator.control('POST', '/faults', { match: { method: 'POST', path: '/v1.0/applications/*/addPassword' }, then: { status: 503 }, times: 50 });
  await visitor.button('Show the plan').click();
  await visitor.button('Carry out').click();
  await visitor.step('Add a client secret').getByText('Waiting for Microsoft').waitFor({ timeout: 45_000 });
  await visitor.button('Cancel').click();
  await visitor.untilRun('Canceled');
  await page.getByRole('link', { name: 'Check with Microsoft', exact: true }).click();
  await page.getByText('The last check with a test app has not ended.').waitFor();
  assert.equal((await leftOver()).length, 1);
  const other = await arrive();
  await other.button('Clean up').click();
  await other.page.getByRole('region', { name: 'Plan', exact: true }).getByText(/^Delete the app registration “Latchkey check /).waitFor();
  await other.button('Carry out').click();
  await other.untilRun('Done');
  assert.deepEqual(await leftOver(), []);
  await other.page.getByRole('link', { name: 'Check with Microsoft', exact: true }).click();
  await other.button('Clean up').click();
  await other.page.getByText('Nothing is left of earlier checks in this tenant.').waitFor();
  visitor.assertClean();
  other.assertClean();
  await visitor.leave();
  await other.leave();
});

test('the check is cancelled, goes on after a bad answer, and waits while offline', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  // Microsoft's wait lasts over the next check: nothing leaves before it is over.
  await emulator.control('POST', '/faults', { match: { path: '/v1.0/$batch', nth: 2 }, then: { status: 429, headers: { 'Retry-After': '20' }, body: { error: { code: 'TooManyRequests', message: 'Wait.' } } } });
  await visitor.button('Start the check').click();
  await page.getByText(/^\d+ of \d+ points read$/).waitFor();
  await visitor.checkScreen('check-going');
  await visitor.button('Cancel').click();
  await visitor.button('Start the check').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Results' }).count(), 0);
  await emulator.control('DELETE', '/faults');
  await visitor.context.setOffline(true);
  await page.getByText('You are offline.').waitFor();
  assert.ok(await visitor.button('Start the check').isDisabled());
  assert.ok(await visitor.button('Show the plan').isDisabled());
  await visitor.context.setOffline(false);
  await start(visitor);
  assert.deepEqual(await differing(visitor), []);
  await visitor.leave();
});

test('where the tenant gives no token, the check says why and offers to try again', async () => {
  const visitor = await arrive('tech@partner.example');
  const { page } = visitor;
  // Access tokens live as long as the page: after a reload one must be asked for.
  await page.reload();
  await visitor.button('Start the check').waitFor();
  await emulator.control('POST', '/faults', { match: { origin: 'login', path: '**/oauth2/v2.0/token' }, then: { status: 503 }, times: 20 });
  await visitor.button('Start the check').click();
  await page.getByRole('main').getByRole('alert').waitFor();
  await visitor.checkScreen('check-failed');
  await emulator.control('DELETE', '/faults');
  await visitor.button('Try again').click();
  await page.getByRole('heading', { name: 'Results' }).waitFor();
  await visitor.leave();
});
