// Hosts redirect /auth and /consent to other paths, or add a slash: an answer of Microsoft's is taken out of whatever address it reaches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, stage } from './support.mjs';

const { emulator, browser } = await stage();

/** Lets the answer of a sign-in arrive elsewhere, as a redirect of the host would. */
const divert = (page, to) =>
  page.route(`${emulator.login}/**`, async (route) => {
    const answer = await route.fetch({ maxRedirects: 0 });
    const headers = answer.headers();
    const answered = headers.location?.split(`${emulator.app}/auth#`)[1];
    if (answered) headers.location = emulator.app + to.replace('ANSWER', answered);
    await route.fulfill({ response: answer, headers });
  });

for (const to of ['/#ANSWER', '/index.html#ANSWER', '/consent#ANSWER', '/?x=1#ANSWER', '/?ANSWER', '/auth?ANSWER#x', '/app/new/?ANSWER']) {
  test(`T17: a sign-in is taken out of ${to}`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    const { page } = visitor;
    await divert(page, to);
    await visitor.signIn('admin@partner.example');
    assert.equal(page.url(), `${emulator.app}/`);
    const history = await page.evaluate(() => window.navigation.entries().map((entry) => entry.url));
    assert.deepEqual(history.filter((address) => address.includes('code=')), [], 'nothing is left in the history');
    await visitor.assertNoMarks();
    visitor.assertClean();
    await visitor.leave();
  });
}

test('F29, T12: a refused sign-in and the answers of the consent page are told for what they are, wherever they arrive', async () => {
  // Each in a browser of its own: who is sent back and forth in one tab is stopped after three times.
  for (const address of ['/#', '/auth?', '/app/settings?', '/?']) {
    const visitor = await Visitor.arrive(browser, emulator);
    const { page } = visitor;
    await page.goto(emulator.app);
    await visitor.button('Sign in').click();
    await page.waitForURL(`${emulator.login}/**`);
    const state = new URL(page.url()).searchParams.get('state');
    await page.goto(`${emulator.app}${address}error=access_denied&error_description=AADSTS500121%3a+strong+authentication+failed&state=${state}`);
    await page.getByRole('main').getByText('Multifactor authentication did not succeed.').waitFor();
    assert.equal(page.url(), `${emulator.app}/`);
    visitor.assertClean();
    await visitor.leave();
  }
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const main = page.getByRole('main');
  for (const [address, words] of [
    ['/?admin_consent=True&tenant=00000000-0000-4000-8000-000000000001', 'the permissions were accepted'],
    ['/app/settings/?admin_consent=True&tenant=00000000-0000-4000-8000-000000000001', 'the permissions were accepted'],
    ['/app/new?error=access_denied&error_description=AADSTS65004&admin_consent=True', 'open the link that you were sent once more'],
    ['/?error=access_denied&error_description=AADSTS65004', 'open the link that you were sent once more'],
  ]) {
    await page.goto('about:blank');
    await page.goto(emulator.app + address);
    await main.getByText(words).waitFor();
    assert.equal(page.url(), `${emulator.app}/consent`);
  }
  visitor.assertClean();
  await visitor.leave();
});

test('T05, F31: a code that nobody of this tab waits for is not sent anywhere, and leaves the address', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await emulator.control('DELETE', '/requests');
  for (const address of ['/#code=0.planted&state=unknown', '/?code=0.planted&state=unknown', '/app/new?code=0.planted', '/auth#code=0.planted&state=a&state=b']) {
    await page.goto('about:blank');
    await page.goto(emulator.app + address);
    await page.getByRole('main').getByText(/This sign-in is finished already|was damaged on its way/).waitFor();
    assert.ok(!page.url().includes('planted'), page.url());
  }
  const requests = await emulator.control('GET', '/requests');
  assert.deepEqual(requests.filter(({ path }) => path.endsWith('/token')), []);
  visitor.assertClean();
  await visitor.leave();
});
