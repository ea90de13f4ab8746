// What can go wrong before and around the page: files, frames, policies, what was put in on its way, another address, a wrong clock.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, beforeEach, test } from 'node:test';
import { listen } from '../ports.mjs';
import { Visitor, assertNoViolations, stage } from './support.mjs';

const { emulator, browser } = await stage();
beforeEach(() => emulator.control('POST', '/reset', {}));

/** A page of another origin, with a frame of the address that its query names. */
const host = createServer((request, response) => response.setHeader('content-type', 'text/html').end(`<iframe src="${decodeURIComponent(request.url.slice(2))}"></iframe>`));
const port = await listen(host);
after(() => host.close());
const framing = (address) => `http://localhost:${port}/?${encodeURIComponent(address)}`;

/** Serves every page of the app otherwise: `change` gets its HTML and headers. */
const serveChanged = (visitor, change) =>
  visitor.context.route((url) => url.origin === emulator.app && !url.pathname.includes('.'), async (route) => {
    const answer = await route.fetch();
    // It comes unpacked.
    const { 'content-encoding': _, 'content-length': __, ...plain } = answer.headers();
    const { html, headers } = change(await answer.text(), plain);
    await route.fulfill({ status: answer.status(), headers, body: html });
  });

const tokens = async () => (await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/token')).length;

for (const [where, path, heading] of [['the first page', '/', 'Give an application its way'], ['a deep link', '/app/history', 'History']]) {
  test(`F60: a file that hangs on ${where} leaves a sentence and a button, which helps`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    const { page } = visitor;
    await visitor.context.clock.install();
    let hangs = true;
    await page.route('**/*.wasm', (route) => (hangs ? new Promise(() => {}) : route.continue()));
    await page.goto(emulator.app + path, { waitUntil: 'commit' });
    await page.waitForFunction(() => document.querySelector('link[rel=modulepreload]') !== null);
    await visitor.context.clock.fastForward(10_500);
    await page.getByText('Still loading. Check the connection, or reload the page.').waitFor({ timeout: 5_000 });
    hangs = false;
    await visitor.button('Reload the page').click();
    await page.waitForFunction(() => !document.body.textContent.includes('Still loading'));
    await page.getByRole('heading', { name: heading }).waitFor();
    visitor.assertClean();
    await visitor.leave();
  });
}

for (const [what, answer] of /** @type {const} */ ([
  ['is missing', { status: 404, body: 'nothing' }],
  ['has another type', { status: 200, contentType: 'text/html', body: '<h1>Welcome</h1>' }],
  ['is damaged', { status: 200, contentType: 'application/wasm', body: Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 99]) }],
])) {
  test(`F60: a module that ${what} leaves a sentence and a button`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    await visitor.page.route('**/*.wasm', (route) => route.fulfill(answer));
    await visitor.page.goto(`${emulator.app}/app/settings`);
    await visitor.page.getByRole('alert').getByText('The page could not be loaded').waitFor();
    await visitor.page.unroute('**/*.wasm');
    await visitor.button('Reload the page').click();
    await visitor.page.getByRole('heading', { name: 'Settings' }).waitFor();
    await visitor.leave();
  });
}

test('F60: a page that breaks says so, keeps the journal, and goes on after a reload', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  const run = page.url();
  // What a page is drawn with fails once.
  await page.evaluate(() => {
    const all = [{ owner: Document.prototype, name: 'createElement' }, { owner: Node.prototype, name: 'cloneNode' }].map(({ owner, name }) => ({ owner, name, real: owner[name] }));
    for (const { owner, name } of all) {
      owner[name] = () => {
        for (const one of all) one.owner[one.name] = one.real;
        throw new Error('broken');
      };
    }
  });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('alert').getByText('Something in this page failed').waitFor();
  await page.getByText('an unfinished run goes on where it stopped').waitFor();
  await visitor.button('Reload the page').click();
  await page.goto(run);
  await visitor.takeSecret();
  await assertNoViolations(emulator, 'broken-page');
  await visitor.leave();
});

test('F60: a tab that is open over a release is told, and a run on its way is not disturbed', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  // The hour passes without a lock.
  await visitor.limit({ idleMinutes: 480 });
  await visitor.context.clock.install();
  await visitor.signIn('admin@partner.example');
  await page.goto(`${emulator.app}/app/settings`);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.getByRole('banner').getByText('admin@partner.example').waitFor();
  await visitor.context.clock.fastForward(3_700_000);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  assert.equal(await page.getByText('A newer version of this page is out.').count(), 0, 'the same release');
  await serveChanged(visitor, (html, headers) => ({ html: html.replace(/data-app-wasm="[^"]*"/, 'data-app-wasm="/assets/latchkey_bg-1.wasm"'), headers }));
  await visitor.context.clock.fastForward(3_700_000);
  await page.getByText('A newer version of this page is out.').waitFor();
  await visitor.context.unrouteAll();
  await page.getByRole('main').getByRole('button', { name: 'Reload the page' }).click();
  await page.getByText('A newer version of this page is out.').waitFor({ state: 'detached' });
  visitor.assertClean();
  await visitor.leave();
});

test('T28: a script that was put in on the way does not run, and the page says so', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await serveChanged(visitor, (html, headers) => ({ html: html.replace('</body>', '<script>window.injected = true</script></body>'), headers }));
  for (const path of ['/', '/app/settings']) {
    await page.goto(emulator.app + path);
    await page.getByRole('alert').filter({ hasText: 'This page was changed on its way to this browser' }).waitFor();
    assert.equal(await page.evaluate(() => window.injected), undefined, path);
  }
  await page.getByText(/Stopped by the policy: script-src-elem: inline \(this page or what changed it\)/).waitFor();
  assert.ok(visitor.faults.length >= 2 && visitor.faults.every((fault) => /script-src|inline script/.test(fault)), visitor.faults.join('\n'));
  await visitor.leave();
});

test('T34: what an extension tries is told apart from the page’s own, and changes nothing', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await page.goto(`${emulator.app}/app/settings`);
  await page.getByText('Stopped by the policy: nothing').waitFor();
  await page.evaluate(() => {
    /** @type {SecurityPolicyViolationEventInit} */
    const of = { effectiveDirective: 'script-src-elem', violatedDirective: 'script-src-elem', documentURI: location.href, originalPolicy: '', disposition: 'enforce', statusCode: 200 };
    document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', { ...of, blockedURI: 'chrome-extension://abcdef/content.js', sourceFile: 'chrome-extension' }));
    document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', { ...of, blockedURI: 'eval', sourceFile: 'moz-extension://abcdef/x.js' }));
  });
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('script-src-elem: chrome-extension://abcdef/content.js (an extension of this browser); script-src-elem: eval (an extension of this browser)').waitFor();
  assert.deepEqual(visitor.faults.filter((fault) => !/-extension/.test(fault)), []);
  await visitor.leave();
});

test('F08: a policy that blocks Graph is named with the host, the run waits, and goes on without it', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.untilRun('Needs you');
  const { host: graph } = new URL(emulator.graph);
  // One policy more, as a host or an extension adds it: all of them hold.
  await page.evaluate((login) => {
    document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: `connect-src 'self' ${login}` }));
  }, emulator.login);
  await emulator.control('DELETE', '/requests');
  await visitor.button('Show secret').click();
  await visitor.untilRun('Paused');
  await page.getByText(`The content security policy of this page blocks ${graph}, so nothing was sent.`).waitFor();
  await visitor.checkScreen('run-blocked');
  assert.deepEqual((await emulator.control('GET', '/requests')).filter((entry) => entry.origin === 'graph'), []);
  assert.ok(visitor.faults.length > 0 && visitor.faults.every((fault) => /connect-src|Content Security Policy/.test(fault)), visitor.faults.join('\n'));
  await page.reload();
  await visitor.takeSecret();
  await assertNoViolations(emulator, 'blocked');
  await visitor.leave();
});

test('F08: an extension that blocks Graph is told from an outage by the page’s own host', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.context.route(`${emulator.graph}/**`, (route) => route.abort('blockedbyclient'));
  await visitor.button('Create').click();
  await visitor.untilRun('Paused');
  await page.getByText(`No answer comes from ${new URL(emulator.graph).host}, while this page’s own host answers.`).waitFor();
  await visitor.context.unrouteAll();
  await visitor.button('Try again').click();
  await visitor.takeSecret();
  await assertNoViolations(emulator, 'cut-off');
  visitor.assertClean();
  await visitor.leave();
});

test('T29: at another address than its own there is no sign-in, and nothing of the browser is opened', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.route('**/config.json', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), redirectOrigin: 'https://latchkey.example' } });
  });
  for (const path of ['/app/settings', '/']) {
    await page.goto(emulator.app + path);
    await page.getByText('This page is registered for another address, so sign-in is off.').waitFor();
    await page.getByText('Open https://latchkey.example').waitFor();
    assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
  }
  assert.ok(await page.getByRole('button', { name: 'Sign in' }).first().isDisabled());
  assert.deepEqual((await emulator.control('GET', '/requests')).filter((entry) => entry.path.endsWith('/authorize')), []);
  visitor.assertClean();
  await visitor.leave();
});

test('T24, T02: on a host without headers the page refuses to run in a frame, and takes no answer there', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await serveChanged(visitor, (html) => ({ html, headers: { 'content-type': 'text/html' } }));
  for (const path of ['/', '/app/settings', '/auth#code=stolen&state=forged', '/consent?admin_consent=True']) {
    await page.goto(framing(emulator.app + path));
    const frame = page.frameLocator('iframe');
    await frame.getByText('This page does not run inside another page').waitFor();
    assert.equal(await frame.getByRole('button', { name: 'Sign in' }).count(), 0, path);
  }
  assert.equal(await tokens(), 0, 'no token is asked for');
  await visitor.leave();
});

test('T02, T17: no hidden frame signs in, and no form puts anything into an address', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await emulator.control('DELETE', '/requests');
  const address = page.url();
  const blocked = (directive) => page.evaluate((wanted) => new Promise((resolve) => document.addEventListener('securitypolicyviolation', (event) => event.effectiveDirective === wanted && resolve(event.blockedURI))), directive);
  const [frame] = await Promise.all([
    blocked('frame-src'),
    page.evaluate((login) => {
      const hidden = document.createElement('iframe');
      hidden.src = `${login}/organizations/oauth2/v2.0/authorize?prompt=none`;
      document.body.append(hidden);
    }, emulator.login),
  ]);
  assert.ok(frame.startsWith(emulator.login), frame);
  const [form] = await Promise.all([
    blocked('form-action'),
    page.evaluate(() => {
      const sent = document.createElement('form');
      sent.method = 'get';
      sent.action = '/app/settings';
      sent.append(Object.assign(document.createElement('input'), { name: 'secret', value: 'typed' }));
      document.body.append(sent);
      sent.submit();
    }),
  ]);
  assert.ok(form.startsWith(emulator.app), form);
  assert.equal(page.url(), address, 'nothing was put into the address');
  assert.deepEqual(await emulator.control('GET', '/requests'), []);
  await visitor.leave();
});

test('T17: neither code nor state nor secret is in an address, a referrer or a request to the page’s host', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const told = [];
  visitor.context.on('request', (request) => told.push({ url: request.url(), referer: request.headers().referer ?? '' }));
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  const secret = await visitor.takeSecret();
  const { hash, search, referrer, entries } = await page.evaluate(() => ({ hash: location.hash, search: location.search, referrer: document.referrer, entries: performance.getEntriesByType('resource').map(({ name }) => name) }));
  // Where somebody came back from is Microsoft's own to tell, without more than its origin.
  assert.deepEqual([hash, search, referrer.replace(`${emulator.login}/`, '')], ['', '', '']);
  const ours = told.filter(({ url }) => url.startsWith(emulator.app));
  assert.ok(ours.length > 5);
  // The fragment of a redirect is the browser's own: it is not sent, but Playwright shows it.
  const sent = ours.map(({ url }) => url.split('#')[0]).concat(entries).join('\n');
  for (const mark of [secret, 'code=', 'state=', ...(await emulator.control('GET', '/marks'))]) assert.ok(!sent.includes(mark), 'it was sent to the host');
  assert.deepEqual(told.map(({ referer }) => referer).filter((referer) => referer !== '' && referer.startsWith(emulator.app)), []);
  // All that Back can lead to: the answer of the sign-in is in none of it.
  const protocol = await visitor.context.newCDPSession(page);
  const history = (await protocol.send('Page.getNavigationHistory')).entries.map(({ url }) => url).filter((url) => url.startsWith(emulator.app));
  assert.ok(history.length > 2);
  assert.deepEqual(history.filter((url) => /code=|state=/.test(url)), []);
  visitor.assertClean();
  await visitor.leave();
});

for (const [words, wrong] of [['10 min behind', -600_000], ['24 h fast', 86_400_000]]) {
  test(`F43: with a clock that is ${words} the page signs in, carries out a run, and says it`, async () => {
    const visitor = await Visitor.arrive(browser, emulator);
    const { page } = visitor;
    await visitor.context.addInitScript((millis) => {
      const real = Date.now;
      Date.now = () => real() + millis;
    }, wrong);
    await visitor.signIn('admin@partner.example');
    await page.getByText(`The clock of this computer is ${words}.`).waitFor();
    await visitor.fillWizard();
    await visitor.button('Create').click();
    await visitor.takeSecret();
    await page.goto(emulator.app);
    await page.getByRole('article', { name: /admin@partner\.example/ }).getByText('Valid').waitFor();
    await assertNoViolations(emulator, `clock${wrong}`);
    visitor.assertClean();
    await visitor.leave();
  });
}

test('F43: a clock that is set back in a run does not stall it, and sends nothing early', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.context.addInitScript(() => {
    const real = Date.now;
    window.ahead = 0;
    Date.now = () => real() + window.ahead;
  });
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  const busy = { status: 429, headers: { 'Retry-After': '4' }, body: { error: { code: 'TooManyRequests', message: 'Please retry again later.' } } };
  await emulator.control('POST', '/faults', { match: { method: 'PATCH', path: "/v1.0/servicePrincipals(appId='*')" }, then: busy, times: 1 });
  await visitor.button('Create').click();
  await visitor.step('Create its service principal').getByText(/The next request goes out in/).waitFor();
  await page.evaluate(() => {
    window.ahead = -86_400_000;
  });
  await visitor.untilRun('Needs you');
  await visitor.takeSecret();
  await assertNoViolations(emulator, 'clock-back');
  visitor.assertClean();
  await visitor.leave();
});
