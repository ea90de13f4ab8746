// Texts of others that look like markup, and secrets that must not stay: on the screen, in the clipboard, behind a link.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage(['--customers', '60']);
beforeEach(() => emulator.control('POST', '/reset', { customers: 60 }));

const MARKUP = '<img src=x onerror="window.taken=true"></script><script>window.taken=true</script>javascript:window.taken=true';
const HIDDEN = '\u{202e}gnp.exe\u{200b}';

/** Every text that a directory chooses carries markup, hidden signs, and for the longest ones ten thousand letters. */
const spoil = (value, key = '') => {
  if (Array.isArray(value)) return value.map((one) => spoil(one, key));
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name)]));
  const isText = /^(displayName|principalDisplayName|resourceDisplayName|description|adminConsentDescription|adminConsentDisplayName|userConsentDescription|notes|message|companyName|skuPartNumber)$/.test(key);
  return typeof value === 'string' && isText ? `${value} ${MARKUP}${HIDDEN}${/escription/.test(key) ? 'x'.repeat(10_000) : ''}` : value;
};

test('T01, T39: texts of tenants that look like markup stay texts on every screen, with what hides in them marked', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  page.on('dialog', (dialog) => {
    visitor.faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard({ roles: ['Exchange Administrator'] });
  await visitor.button('Create').click();
  await visitor.takeSecret();
  await visitor.context.route('**/$batch', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: spoil(await answer.json()) });
  });
  let shown = 0;
  const look = async (where) => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    const { taken, markup, hidden, text } = await page.evaluate(() => ({
      taken: window.taken,
      markup: document.querySelectorAll('main img, main script, main iframe, main [onerror]').length,
      hidden: /[\u202a-\u202e\u2066-\u2069\u200b]/.test(document.body.textContent),
      text: document.body.textContent,
    }));
    assert.deepEqual([taken, markup], [undefined, 0], where);
    assert.ok(!hidden, `${where}: a sign that hides is on the screen`);
    if (text.includes('<img src=x') && text.includes('⟨U+202E⟩')) shown += 1;
  };
  await page.reload();
  for (const [path, ready] of /** @type {const} */ ([
    ['/', () => visitor.button('Find App sessions in this tenant').click()],
    ['/app/new/app-session', () => page.getByRole('textbox', { name: 'Name' }).waitFor()],
    ['/app/access', () => page.getByText('⟨U+202E⟩').first().waitFor()],
    ['/app/history', () => page.getByRole('list').first().waitFor()],
    ['/app/partner', () => page.getByText(/^Read (just now|\d)/).waitFor()],
    ['/app/settings', () => page.getByRole('heading', { name: 'Diagnostics' }).waitFor()],
  ])) {
    await page.goto(emulator.app + path);
    await ready();
    await look(path);
  }
  const { appId } = (await tenantNamed(emulator, 'partner.example')).applications.find((app) => app.displayName === 'Nightly report');
  await page.goto(`${emulator.app}/app/apps/${appId}`);
  await page.getByRole('region', { name: 'Changes' }).waitFor();
  await look('the App session');
  await page.goto(`${emulator.app}/app/new/app-session`);
  await page.getByRole('textbox', { name: 'Name' }).fill('Another report');
  await visitor.next();
  await page.getByRole('searchbox', { name: 'Search permissions' }).fill('User.Read.All');
  await page.getByRole('checkbox', { name: /^User\.Read\.All \(application\)/ }).first().check();
  await look('Permissions');
  for (let step = 0; step < 3; step += 1) await visitor.next();
  await page.getByRole('table').waitFor();
  await look('Review');
  await page.goto(`${emulator.app}/consent?error=${encodeURIComponent(MARKUP)}&error_description=${encodeURIComponent(MARKUP + HIDDEN)}&admin_consent=True`);
  await page.getByText('The answer in the address says:').waitFor();
  await look('the answer of a consent page');
  assert.ok(shown >= 3, `${shown} screens showed such a text as it is`);
  visitor.assertClean();
  await visitor.leave();
});

test('T20: copying says copied only when the browser did it, and the clipboard can be emptied', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.button('Show secret').click({ timeout: 45_000 });
  const value = await page.getByRole('textbox', { name: 'Client secret value' }).inputValue();
  const write = await page.evaluateHandle(() => {
    const real = navigator.clipboard.writeText;
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('Document is not focused.', 'NotAllowedError'));
    return real;
  });
  for (const [button, words] of [['Copy secret', 'The browser did not allow copying. Select the text and copy it by hand.'], ['Clear clipboard', 'The browser did not allow clearing the clipboard.']]) {
    await visitor.button(button).click();
    await page.getByText(words).waitFor();
  }
  assert.equal(await page.getByText(/ copied$|Clipboard cleared/).count(), 0, 'nothing is claimed');
  await page.evaluate((real) => {
    navigator.clipboard.writeText = real;
  }, write);
  await visitor.copy('Copy secret', value);
  await page.getByText('The clipboard history of your system').waitFor();
  await visitor.button('Clear clipboard').click();
  await page.getByText('Clipboard cleared').waitFor();
  assert.equal(visitor.copied, '', 'nothing took its place');
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  visitor.assertClean();
  await visitor.leave();
});

test('T18: a link of the page asks before it leaves a secret, and who leaves it finds it gone, not shown again', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.button('Show secret').click({ timeout: 45_000 });
  const box = page.getByRole('textbox', { name: 'Client secret value' });
  const value = await box.inputValue();
  const run = page.url();
  const asked = [];
  let agrees = false;
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    return agrees ? dialog.accept() : dialog.dismiss();
  });
  for (const name of ['History', 'Latchkey']) {
    await page.getByRole('link', { name, exact: true }).click();
    assert.deepEqual([page.url(), await box.inputValue()], [run, value], `${name}: the secret stays`);
  }
  assert.equal(asked.length, 2);
  assert.match(asked[0], /shown once and is not saved yet/);
  agrees = true;
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  assert.ok(!(await visitor.remains()).includes(value), 'it is gone with the screen');
  await page.goBack();
  await page.waitForURL(run);
  await visitor.button('Replace secret').waitFor();
  assert.equal(await box.count(), 0);
  await visitor.button('Replace secret').click();
  await box.waitFor({ timeout: 45_000 });
  assert.notEqual(await box.inputValue(), value);
  // Back leaves without a question: what is shown once is not shown again.
  await page.goBack();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.goForward();
  await visitor.button('Replace secret').waitFor();
  await visitor.button('Replace secret').click();
  await box.waitFor({ timeout: 45_000 });
  await visitor.button('I have saved it').click();
  await visitor.untilRun('Done');
  const app = (await tenantNamed(emulator, 'partner.example')).applications.find((known) => known.displayName === 'Nightly report');
  assert.equal(app.passwordCredentials.length, 1, 'the replaced ones are removed');
  await assertNoViolations(emulator, 'left');
  await visitor.assertNoMarks();
  visitor.assertClean();
  await visitor.leave();
});
