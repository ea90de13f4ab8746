// The consent matrix: many customers, checked in their tenants, through faults and throttling, over a reload.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage(['--customers', '160']);
beforeEach(() => emulator.control('POST', '/reset', { customers: 160 }));

const begin = async (query = '', faults = []) => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn('tech@partner.example');
  await visitor.page.goto(`${emulator.app}/app/partner`);
  await visitor.page.getByText(/^Read (just now|\d)/).waitFor();
  await visitor.page.getByRole('searchbox', { name: 'Search customers' }).fill(query);
  await visitor.page.locator(`[role=grid][data-query="${query}"]`).waitFor();
  for (const fault of faults) await emulator.control('POST', '/faults', fault);
  await visitor.button('Select all found').click();
  await visitor.button('Check current status').click();
  await visitor.page.waitForURL('**/app/consents');
  return visitor;
};

const check = (visitor) => visitor.page.getByRole('status', { name: 'Check', exact: true });

test('every customer is checked, through 429 and lost answers, and the table says what each tenant has', async () => {
  const visitor = await begin('', [
    { match: { origin: 'graph', method: 'GET', path: '/v1.0/servicePrincipals(appId=*' }, then: { status: 429, headers: { 'Retry-After': '1' } }, times: 3 },
    { match: { origin: 'graph', method: 'GET', path: '/v1.0/organization' }, then: { status: 429, headers: { 'Retry-After': '3' } }, times: 2 },
    { match: { origin: 'login', method: 'POST', path: '/*/oauth2/v2.0/token' }, then: { dropBefore: true }, times: 2 },
  ]);
  const { page } = visitor;
  await check(visitor).getByText('160 of 160 customers checked.', { exact: true }).waitFor({ timeout: 90_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Export CSV').click()]);
  const rows = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n').slice(1);
  assert.equal(rows.length, 160);
  const count = (text) => rows.filter((row) => row.includes(text)).length;
  // By the emulator's contract 101 to 150 never consented; some customers above 60 block, are gone, or have a stale guest.
  assert.equal(count('"Everything is granted') + count('"No consent') + count('"You have no access') + count('"A policy of the tenant') + count('"The tenant is gone'), 160);
  assert.ok(count('"Everything is granted') >= 85, String(count('"Everything is granted')));
  for (const [text, least] of [['"No consent', 40], ['"You have no access', 2], ['"A policy of the tenant', 2], ['"The tenant is gone', 2]]) assert.ok(count(text) >= least, `${text} ${count(text)}`);
  await visitor.checkScreen('consents');
  await page.getByRole('checkbox', { name: 'Only customers where something is missing' }).check();
  await page.locator(`[role=grid][aria-rowcount="${160 - count('"Everything is granted')}"]`).waitFor();
  // What a row has no room for.
  await page.getByRole('row').filter({ hasText: 'No consent' }).first().getByRole('button', { name: /^Details / }).click();
  await page.getByRole('dialog').getByText(/^No consent: send the consent link\. Checked /).waitFor();
  await visitor.button('Close').click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const first = await page.locator('[role=row][aria-rowindex="1"]').evaluate((row) => document.getElementById(row.getAttribute('aria-labelledby')).textContent);
  for (const key of ['Enter', 'ArrowRight']) {
    await page.getByRole('grid').focus();
    await page.keyboard.press(key);
    await page.getByRole('dialog').getByRole('heading', { name: first, exact: true }).waitFor();
    await visitor.button('Close').click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  // Each number stands above its column.
  const middles = (selector) => page.locator(selector).evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().left + one.getBoundingClientRect().width / 2)));
  for (const width of [1280, 860]) {
    await page.setViewportSize({ width, height: 800 });
    const numbers = await middles('.matrix__numbers span');
    assert.deepEqual(numbers, await middles('[role=row][aria-rowindex="1"] .matrix__cell'), `at ${width}`);
    assert.equal(numbers.length, 13);
  }
  await assertNoViolations(emulator, 'matrix');
  visitor.assertClean();
  await visitor.leave();
});

test('Cancel keeps what was found, and Resume goes on after a reload', async () => {
  const visitor = await begin('', [{ match: { origin: 'graph', method: 'GET', path: '/v1.0/servicePrincipals(appId=*' }, then: { delayMs: 150 }, times: 400 }]);
  const { page } = visitor;
  await check(visitor).getByText(/^[1-9]\d* of 160/).waitFor();
  await visitor.button('Cancel').click();
  await check(visitor).getByText('Stopped; what was found is kept.').waitFor();
  await visitor.checkScreen('consents-stopped');
  await page.reload();
  await check(visitor).getByText('Stopped; what was found is kept.').waitFor();
  await emulator.control('DELETE', '/faults');
  await visitor.button('Resume').click();
  await check(visitor).getByText('160 of 160 customers checked.', { exact: true }).waitFor({ timeout: 90_000 });
  visitor.assertClean();
  await visitor.leave();
});

test('a customer that keeps failing is left for last, and retried alone', async () => {
  const visitor = await begin('customer1.example', [{ match: { origin: 'graph', method: 'GET', path: '/v1.0/servicePrincipals(appId=*' }, then: { status: 503 }, times: 60 }]);
  await check(visitor).getByText('1 of 1 customer checked, 1 failed.', { exact: true }).waitFor({ timeout: 60_000 });
  await emulator.control('DELETE', '/faults');
  await visitor.button('Retry the failed ones').click();
  await check(visitor).getByText('1 of 1 customer checked.', { exact: true }).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('partial consent is told apart from none, and an open door is no proof of a grant', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const { id, servicePrincipals, oauth2PermissionGrants } = await tenantNamed(emulator, 'customer1.example');
  const ours = servicePrincipals.find((entry) => entry.appId === '5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef');
  const grant = oauth2PermissionGrants.find((entry) => entry.clientId === ours.id);
  await emulator.control('POST', '/directory', { tenant: 'customer1.example', objects: [{ type: 'grant', ...grant, scope: 'User.Read Directory.Read.All Mail.Read' }] });
  await visitor.signIn('tech@partner.example');
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText(/^Read (just now|\d)/).waitFor();
  await page.getByRole('searchbox', { name: 'Search customers' }).fill(id);
  await page.locator(`[role=grid][data-query="${id}"]`).waitFor();
  await page.getByRole('row').first().getByRole('button', { name: 'Open session' }).click();
  await page.getByRole('banner').getByText('customer1.example', { exact: true }).waitFor();
  await page.goto(`${emulator.app}/app/consents`);
  await page.getByText('No customer was checked yet.').waitFor();
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByRole('searchbox', { name: 'Search customers' }).fill(id);
  await page.locator(`[role=grid][data-query="${id}"]`).waitFor();
  await visitor.button('Select all found').click();
  await visitor.button('Check current status').click();
  await check(visitor).getByText('1 of 1 customer checked.', { exact: true }).waitFor();
  await page.getByText(/^Missing: Application\.ReadWrite\.All, .*Also granted: Mail\.Read$/).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('a sign-in that has ended stops the check and blames no customer', async () => {
  const ended = { error: 'invalid_grant', error_description: 'AADSTS700084: The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime.', error_codes: [700084], correlation_id: 'f2a8f2d4-3b61-4a52-9d1c-0f5e6d7c8b9a' };
  const visitor = await begin('customer1', [{ match: { origin: 'login', method: 'POST', path: '/*/oauth2/v2.0/token' }, then: { status: 400, body: ended }, times: 50 }]);
  const { page } = visitor;
  await page.getByText('Your sign-in has ended. Sign in again, then press Resume.').waitFor();
  await check(visitor).getByText(/^0 of \d+ customers checked\. Stopped/).waitFor();
  await emulator.control('DELETE', '/faults');
  await visitor.button('Resume').click();
  await check(visitor).getByText(/^(\d+) of \1 customers checked\.$/).waitFor({ timeout: 60_000 });
  visitor.assertClean();
  await visitor.leave();
});
