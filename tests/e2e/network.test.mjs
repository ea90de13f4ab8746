// Networks that come and go, hang, answer in Graph's place, and computers that sleep.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', { customers: 60 }));

const made = async () => (await tenantNamed(emulator, 'partner.example')).applications.filter((app) => app.displayName === 'Nightly report');
const requests = async (end) => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith(end));

test('F01: offline a list stays as it was, without an alarm, and is read once when the network is back', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText(/^Read (just now|\d)/).waitFor();
  const names = () => page.getByRole('row').allInnerTexts();
  const known = await names();
  await visitor.context.setOffline(true);
  await page.getByText('You are offline.').waitFor({ timeout: 1_000 });
  await emulator.control('DELETE', '/requests');
  await visitor.button('Refresh').click();
  await page.getByText(/^Read (just now|\d)/).waitFor();
  assert.deepEqual(await names(), known);
  assert.equal(await page.getByRole('alert').count(), 0);
  await visitor.context.setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '60' && !document.body.textContent.includes('so far'));
  await page.getByText(/^Read just now/).waitFor();
  assert.equal((await requests('/delegatedAdminCustomers')).length, 1, 'one request');
  visitor.assertClean();
  await visitor.leave();
});

test('F04: what a network says in Graph’s place is neither believed nor shown', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  let answered = 0;
  await page.route('**/$batch', (route) => {
    const writes = JSON.parse(route.request().postData()).requests.some(({ method }) => method === 'PATCH');
    if (answered > 1 || !writes) return route.continue();
    answered += 1;
    return route.fulfill({ status: 200, contentType: 'text/html', headers: { 'access-control-allow-origin': '*' }, body: '<h1>Welcome to the airport</h1><script>window.taken = true</script>' });
  });
  const seen = [];
  await page.exposeFunction('noteText', (text) => seen.push(text));
  await page.evaluate(() => new MutationObserver(() => document.body.textContent.includes('airport') && window.noteText('shown')).observe(document.body, { subtree: true, childList: true, characterData: true }));
  await visitor.button('Create').click();
  await visitor.takeSecret();
  assert.equal(answered, 2);
  assert.deepEqual([seen, await page.evaluate(() => window.taken)], [[], undefined]);
  assert.equal((await made()).length, 1);
  await assertNoViolations(emulator, 'airport');
  visitor.assertClean();
  await visitor.leave();
});

test('F05, F02: a write that hangs is given up at its deadline, looked for, and not made twice', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  let hung = 0;
  await page.route('**/$batch', async (route) => {
    const writes = JSON.parse(route.request().postData()).requests.some(({ url }) => url.startsWith('/applications(uniqueName='));
    if (hung > 0 || !writes) return route.continue();
    hung += 1;
    // Done there, and never heard of here.
    await route.fetch();
    return undefined;
  });
  await visitor.button('Create').click();
  await visitor.step('Create the app registration').getByText('Running').waitFor();
  for (let look = 0; hung === 0 && look < 200; look += 1) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(hung, 1);
  await visitor.context.clock.fastForward(61_000);
  await visitor.takeSecret();
  assert.equal((await made()).length, 1);
  await assertNoViolations(emulator, 'hung');
  visitor.assertClean();
  await visitor.leave();
});

test('F07: a computer that sleeps for two hours in the middle of a step renews its token once and makes nothing twice', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  // The page stays open as long.
  await visitor.limit({ idleMinutes: 480 });
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  const busy = { status: 429, headers: { 'Retry-After': '120' }, body: { error: { code: 'TooManyRequests', message: 'Please retry again later.' } } };
  await emulator.control('POST', '/faults', { match: { method: 'PATCH', path: "/v1.0/servicePrincipals(appId='*')" }, then: busy, times: 1 });
  await visitor.button('Create').click();
  await visitor.step('Create its service principal').getByText(/The next request goes out in/).waitFor();
  await emulator.control('DELETE', '/requests');
  await emulator.control('POST', '/clock', { advanceSeconds: 7200 });
  await visitor.context.clock.fastForward(7_200_000);
  await visitor.untilRun('Needs you');
  assert.equal((await requests('/token')).length, 1, 'renewed once');
  await visitor.takeSecret();
  assert.equal((await made()).length, 1);
  await assertNoViolations(emulator, 'slept');
  visitor.assertClean();
  await visitor.leave();
});
