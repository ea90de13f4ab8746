// Partner Access: find a customer, open it, or learn why not and what to do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage(['--customers', '200']);
beforeEach(() => emulator.control('POST', '/reset', { customers: 200 }));

const arrive = async (upn = 'tech@partner.example') => {
  const visitor = await Visitor.arrive(browser, emulator);
  await visitor.signIn(upn);
  await visitor.page.goto(`${emulator.app}/app/partner`);
  await visitor.page.getByText(/^Read (just now|\d)/).waitFor();
  return visitor;
};

const search = (visitor) => visitor.page.getByRole('searchbox', { name: 'Search customers' });

const found = async (visitor, query) => {
  await search(visitor).fill(query);
  await visitor.page.locator(`[role=grid][data-query="${query}"]`).waitFor();
  return visitor.page.getByRole('row').evaluateAll((rows) => rows.filter((row) => !row.hidden).map((row) => [document.getElementById(row.getAttribute('aria-labelledby')).textContent, row.getBoundingClientRect().top]));
};

const names = (rows) => rows.toSorted((a, b) => a[1] - b[1]).map(([name]) => name);

/** Finds the one customer with this number and presses Open session. */
const open = async (visitor, number) => {
  const tenant = await tenantNamed(emulator, `customer${number}.example`);
  assert.deepEqual(names(await found(visitor, tenant.id)), [tenant.displayName]);
  await visitor.page.getByRole('row', { name: tenant.displayName }).getByRole('button', { name: 'Open session' }).click();
  return tenant;
};

test('a customer is found by name, domain, tenant ID, alias and tags, marked where it was found', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  assert.equal(await page.getByRole('grid', { name: 'Customers' }).getAttribute('aria-rowcount'), '200');
  const { id, displayName } = await tenantNamed(emulator, 'customer4.example');
  assert.deepEqual(names(await found(visitor, 'customer4.example')), [displayName]);
  assert.equal(await page.locator('mark').first().innerText(), 'customer4.example');
  // What a screen reader hears besides the name: words apart, as they are seen.
  const described = await page.getByRole('row', { name: displayName }).evaluate((row) => row.getAttribute('aria-describedby').split(' ').map((part) => document.getElementById(part).textContent));
  assert.equal(described[0], `customer4.example ${id}`);
  assert.match(described[1], /^GDAP /);
  assert.deepEqual(names(await found(visitor, id.slice(0, 18).toUpperCase())), [displayName]);
  await page.getByRole('row', { name: displayName }).getByRole('button', { name: 'Details' }).click();
  await page.getByRole('dialog').getByText(/^Cloud Application Administrator and Privileged Role Administrator$/).first().waitFor();
  await visitor.checkScreen('customer-details');
  await visitor.copy('Copy tenant ID', id);
  await page.getByRole('textbox', { name: 'Your alias' }).fill('The Süd branch');
  await page.getByRole('textbox', { name: 'Your tags, with commas between' }).fill('gold, renewal');
  await page.getByRole('checkbox', { name: 'Favorite: first in the list' }).check();
  await visitor.button('Save').click();
  assert.deepEqual(names(await found(visitor, 'sud gold')), [displayName]);
  assert.deepEqual(names(await found(visitor, 'no such customer')), []);
  await page.getByText('No customer fits.').waitFor();
  await visitor.checkScreen('partner-nothing-found');
  await page.reload();
  await page.getByText(/^Read (just now|\d)/).waitFor();
  assert.equal(names(await found(visitor, ''))[0], displayName, 'favourites come first, after a reload too');
  // What a customer's relationships are is kept as well: nobody has to list them all again.
  await emulator.control('DELETE', '/requests');
  await page.getByRole('row', { name: displayName }).getByRole('button', { name: 'Details' }).click();
  await page.getByRole('dialog').getByText(/^Cloud Application Administrator and Privileged Role Administrator$/).nth(1).waitFor();
  const asked = (await emulator.control('GET', '/requests')).map((entry) => entry.path).filter((path) => path.includes('delegatedAdmin'));
  assert.ok(asked.length > 0 && asked.every((path) => path.endsWith('/accessAssignments')), asked.join(' '));
  await page.keyboard.press('Escape');
  await assertNoViolations(emulator, 'partner-search');
  visitor.assertClean();
  await visitor.leave();
});

test('a row that is scrolled into sight shows what was searched for meanwhile', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const grid = page.getByRole('grid', { name: 'Customers' });
  /** Whether the rows that can be seen are those from the first to the last, each with this word marked in it. */
  const isSeen = ({ word, first, last }) => {
    const list = document.querySelector('[role=grid]');
    const { top, bottom } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll('[role=row]:not([hidden])')].filter((row) => row.getBoundingClientRect().bottom > top + 1 && row.getBoundingClientRect().top < bottom - 1);
    const numbers = rows.map((row) => Number(row.getAttribute('aria-rowindex')));
    return rows.length === last - first + 1 && Math.min(...numbers) === first && Math.max(...numbers) === last && rows.every((row) => row.querySelector('mark')?.textContent.toLowerCase() === word);
  };
  for (const word of ['example', 'customer']) {
    await found(visitor, word);
    const height = await grid.evaluate((list) => list.clientHeight);
    for (const offset of [0, 30, 75, 72 * 9 + 10]) {
      await grid.evaluate((list, to) => {
        list.scrollTop = to;
      }, offset);
      const first = Math.floor(offset / 72) + 1;
      const last = Math.ceil((offset + height) / 72);
      await page.waitForFunction(isSeen, { word, first, last });
    }
  }
  // The row that the keyboard is on, when it is just out of sight: there is no such element to point to.
  await grid.focus();
  for (let row = 0; row < 8; row += 1) await page.keyboard.press('ArrowDown');
  await grid.evaluate((list) => {
    list.scrollTop = 102;
  });
  await page.waitForFunction(isSeen, { word: 'customer', first: 2, last: Math.ceil((102 + await grid.evaluate((list) => list.clientHeight)) / 72) });
  assert.equal(await grid.getAttribute('aria-activedescendant'), null);
  visitor.assertClean();
  await visitor.leave();
});

test('the list works with the keyboard alone', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const { displayName, domain } = await tenantNamed(emulator, 'customer7.example');
  await search(visitor).focus();
  await page.keyboard.press('ArrowDown');
  const active = () => page.getByRole('grid').evaluate((grid) => document.getElementById(grid.getAttribute('aria-activedescendant'))?.getAttribute('aria-rowindex'));
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), '2');
  await page.keyboard.press('End');
  await page.locator('[role=row][aria-rowindex="200"]').waitFor();
  assert.equal(await active(), '200');
  await page.keyboard.press('Home');
  assert.equal(await active(), '1');
  await page.keyboard.press('Space');
  await page.getByText('1 selected').waitFor();
  assert.equal(await page.getByRole('row', { selected: true }).count(), 1);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Your alias' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('grid').focus();
  await page.keyboard.type('customer7.ex');
  await page.locator('[role=grid][data-query="customer7.ex"]').waitFor();
  assert.deepEqual(names(await found(visitor, 'customer7.ex')), [displayName]);
  await page.keyboard.press('Enter');
  await page.getByRole('banner').getByText(domain).waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('no consent: the three ways, and a customer’s administrator who was sent the link', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const tenant = await open(visitor, 106);
  await page.getByText(`${tenant.displayName} has not approved this app yet.`).waitFor();
  await visitor.checkScreen('partner-no-consent');
  const link = `${emulator.login}/${tenant.id}/v2.0/adminconsent?client_id=5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef&scope=${encodeURIComponent(`${emulator.graph}/.default`)}&redirect_uri=${encodeURIComponent(`${emulator.app}/consent`)}`;
  await visitor.copy('Copy consent URL', link);
  await visitor.button('Continue').click();
  await page.getByText(`${tenant.displayName} has not approved this app yet.`).waitFor();

  const administrator = await Visitor.arrive(browser, emulator);
  await administrator.page.goto(link);
  await administrator.passMicrosoft('admin@customer106.example');
  await administrator.button('Accept').click();
  await administrator.page.getByText('The answer in the address says that the permissions were accepted.').waitFor();
  assert.equal(new URL(administrator.page.url()).search, '', 'the answer is taken out of the address');
  await administrator.checkScreen('consent-given-elsewhere');
  administrator.assertClean();
  await administrator.leave();

  await visitor.button('Continue').click();
  await page.getByRole('banner').getByText(tenant.domain).waitFor();
  await page.getByRole('article', { name: new RegExp(`tech@partner`) }).first().waitFor();
  await assertNoViolations(emulator, 'partner-consent');
  visitor.assertClean();
  await visitor.leave();
});

test('Give consent now goes to Microsoft for that tenant, comes back, and opens it', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const tenant = await open(visitor, 103);
  await visitor.button('Give consent now').click();
  await page.waitForURL(`${emulator.login}/${tenant.id}/**`);
  await visitor.button('Accept').click();
  await page.getByRole('banner').getByText(tenant.domain).waitFor({ timeout: 45_000 });
  visitor.assertClean();
  await visitor.leave();
});

test('F44: each refusal has its own sentence and a next step', async () => {
  const visitor = await arrive();
  for (const [number, what, next] of /** @type {const} */ ([
    [65, 'A Conditional Access or security policy of', 'Give the tenant’s administrator the correlation ID and the time.'],
    [68, 'Your account has no access to', 'its administrator may have to remove the guest account, which hides GDAP.'],
    [74, 'or the tenant is gone.', 'Check the domain or the tenant ID.'],
  ])) {
    await emulator.control('DELETE', '/requests');
    const { id } = await open(visitor, number);
    await visitor.page.locator('.stopped').getByText(what).waitFor();
    const tried = (await emulator.control('GET', '/requests')).filter((entry) => entry.path === `/${id}/oauth2/v2.0/token`);
    assert.equal(tried.length, 1, 'it is asked once');
    await visitor.page.locator('.stopped').getByText(next).waitFor();
    assert.equal(await visitor.page.locator('.stopped').getByRole('button', { name: 'Sign in' }).count(), 0, 'another sign-in would show the same');
    await visitor.button('Close').click();
    await visitor.page.locator('.stopped').waitFor({ state: 'detached' });
  }
  visitor.assertClean();
  await visitor.leave();
});

test('F29: what Microsoft’s pages refuse is told for what it is, on the way back from sign-in and from consent', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const main = page.getByRole('main');
  // A sign-in of this tab, answered with a refusal.
  await page.goto(emulator.app);
  await visitor.button('Sign in').click();
  await page.waitForURL(`${emulator.login}/**`);
  const state = new URL(page.url()).searchParams.get('state');
  await page.goto(`${emulator.app}/auth#error=access_denied&error_description=AADSTS500121%3a+strong+authentication+failed&state=${state}`);
  await main.getByText('Multifactor authentication did not succeed.').waitFor();
  assert.equal(await main.getByText('You pressed Cancel').count(), 0);
  for (const [query, words, next] of [
    ['error=access_denied&error_description=AADSTS500121%3a+strong+authentication+failed&admin_consent=True', 'Multifactor authentication did not succeed.', 'approve the request in time'],
    ['error=access_denied&error_description=AADSTS50020%3a+account+of+another+tenant&admin_consent=True', 'The account that you used is not of the tenant that the link is for.', 'sign in with an administrator of that tenant'],
    ["error=invalid_client&error_description=AADSTS650051%3a+Value+length+%2714144%27+is+out+of+the+valid+range+of+%271%27+to+%278000%27+for+property+%27DelegationScope%27.&admin_consent=True", 'The app asks for more delegated permissions than Entra can grant at once.', 'Take permissions out'],
  ]) {
    await page.goto(`${emulator.app}/consent?${query}`);
    await main.getByText(words).waitFor();
    await main.getByText(next).waitFor();
  }
  visitor.assertClean();
  await visitor.leave();
});

test('who is not in AdminAgents learns why the list is short', async () => {
  const visitor = await arrive('reader@partner.example');
  await visitor.page.getByText('You are not in the group AdminAgents of your company’s tenant').waitFor();
  await visitor.checkScreen('partner-not-an-agent');
  visitor.assertClean();
  await visitor.leave();
});

test('offline the kept list can be searched, and opening says what is wrong', async () => {
  const visitor = await arrive();
  await visitor.context.setOffline(true);
  assert.equal((await found(visitor, 'customer4.example')).length, 1);
  await visitor.page.getByRole('row').first().getByRole('button', { name: 'Open session' }).click();
  await visitor.page.locator('.stopped').getByText('No answer came from Microsoft.').waitFor();
  await visitor.context.setOffline(false);
  visitor.assertClean();
  await visitor.leave();
});

test('a selection: one link for all, the message, and a table that a spreadsheet takes for text', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const shown = names(await found(visitor, 'customer1'));
  assert.ok(shown.length > 3);
  const count = await page.getByRole('grid').getAttribute('aria-rowcount');
  await visitor.button('Select all found').click();
  await page.getByText(`${count} selected`).waitFor();
  await visitor.button('Copy consent URL').click();
  await page.getByText('Consent URL copied').waitFor();
  assert.match(visitor.copied, new RegExp(`^${emulator.login}/organizations/v2.0/adminconsent\\?client_id=`));
  await visitor.button('Copy message').click();
  await page.getByText('Message copied').waitFor();
  for (const said of ['Harbour Lane Partners', '5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef', 'Tilo Technician (tech@partner.example)', '/organizations/v2.0/adminconsent', 'Directory.Read.All: read users, groups, apps, roles, and domains']) {
    assert.ok(visitor.copied.includes(said), said);
  }
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Export CSV').click()]);
  const table = readFileSync(await download.path(), 'utf8');
  assert.equal(table.trimEnd().split('\r\n').length, Number(count) + 1);
  assert.match(table, /^\u{feff}"Name","Default domain","Tenant ID"/u);
  await visitor.checkScreen('partner-selection');
  visitor.assertClean();
  await visitor.leave();
});

test('customers are chosen from a table, and a script for Partner Center names those with GDAP', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const [first, second] = [await tenantNamed(emulator, 'customer2.example'), await tenantNamed(emulator, 'customer4.example')];
  const table = (text) => ({ name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByLabel('Select from CSV').setInputFiles(table('Name;Contact\nnobody;nothing\n'));
  await page.getByText('The file names no customer of this list.').waitFor();
  await page.getByLabel('Select from CSV').setInputFiles(table(`\u{feff}"Tenant ID","Domain"\r\n"${first.id.toUpperCase()}",""\r\n"","CUSTOMER4.example"\r\n`));
  await page.getByText('2 selected', { exact: true }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Export PowerShell').click()]);
  const script = readFileSync(await download.path(), 'utf8');
  for (const tenant of [first.id, second.id]) assert.ok(script.includes(`'${tenant}'`), tenant);
  assert.ok(script.includes('Delegated permissions only'));
  visitor.assertClean();
  await visitor.leave();
});

test('the page behind the message explains itself to somebody who has never seen it, and sends them to Microsoft only', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  const { id } = await tenantNamed(emulator, 'customer108.example');
  const link = (client) => `${emulator.app}/consent#client=${client}&asker=${encodeURIComponent('Tilo Technician (tech@partner.example)')}&tenant=${id}`;
  await page.goto(link('11111111-3b7f-4f6e-8d21-90ab12cd34ef'));
  await page.getByText('This link is about another application').waitFor();
  assert.equal(await visitor.button('Give consent now').count(), 0);
  await page.goto('about:blank');
  await page.goto(link('5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef'));
  await page.getByText('Tilo Technician (tech@partner.example)').waitFor();
  await page.getByText('read users, groups, apps, roles, and domains').waitFor();
  await visitor.checkScreen('consent-landing');
  await visitor.button('Give consent now').click();
  await page.waitForURL(`${emulator.login}/${id}/**`);
  await visitor.passMicrosoft('admin@customer108.example');
  await visitor.button('Cancel').click();
  await page.getByText('open the link that you were sent once more').waitFor();
  visitor.assertClean();
  await visitor.leave();
});

test('a session is kept before the banner names it: whoever leaves then finds it again', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  const { id, domain } = await tenantNamed(emulator, 'customer1.example');
  await page.evaluate(([tenant, name]) => {
    window.keptAtBanner = null;
    let isKept = false;
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...key) {
      if (this.name === 'sessions' && JSON.stringify([value, ...key]).includes(tenant)) {
        // An event of a transaction passes its database first: that is ahead of the page's own listener, which goes on at once.
        const { transaction } = this;
        transaction.db.addEventListener('complete', ({ target }) => { isKept ||= target === transaction; }, { capture: true });
      }
      return Reflect.apply(put, this, [value, ...key]);
    };
    const banner = document.querySelector('header');
    new MutationObserver(() => {
      if (window.keptAtBanner === null && banner.textContent.includes(name)) window.keptAtBanner = isKept;
    }).observe(banner, { subtree: true, childList: true, characterData: true });
  }, [id, domain]);
  await open(visitor, 1);
  await page.getByRole('banner').getByText(domain, { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => window.keptAtBanner), true);
  visitor.assertClean();
  await visitor.leave();
});

test('ten customers are open side by side, and each is switched to without a sign-in', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  for (let number = 1; number <= 10; number += 1) {
    const { domain } = await open(visitor, number);
    await page.getByRole('banner').getByText(domain, { exact: true }).waitFor();
    await page.goto(`${emulator.app}/app/partner`);
    await page.getByText(/^Read (just now|\d)/).waitFor();
  }
  await page.goto(emulator.app);
  await page.getByRole('article').nth(10).waitFor();
  for (const number of [3, 8]) {
    const { displayName, domain } = await tenantNamed(emulator, `customer${number}.example`);
    await page.getByRole('article', { name: `${displayName} · tech@partner.example` }).getByRole('button', { name: 'Switch' }).first().click();
    await page.getByRole('banner').getByText(domain, { exact: true }).waitFor();
  }
  visitor.assertClean();
  await visitor.leave();
});

test('F27: what is typed and chosen stays while the list is still being read', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path: '/v1.0/contracts' }, then: { delayMs: 4000 }, times: 1 });
  await page.goto(`${emulator.app}/app/partner`);
  await search(visitor).fill('o');
  await page.getByRole('row').first().waitFor();
  await visitor.button('Select all found').click();
  const chosen = await page.getByText(/^\d+ selected$/).innerText();
  await page.getByText(/so far/).waitFor();
  await page.getByText(/^Read (just now|\d)/).waitFor();
  assert.equal(await search(visitor).inputValue(), 'o');
  assert.equal(await page.getByText(/^\d+ selected$/).innerText(), chosen);
  visitor.assertClean();
  await visitor.leave();
});

test('nobody is said to have no GDAP before it was read', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  for (const list of ['delegatedAdminCustomers', 'delegatedAdminRelationships']) {
    await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path: `/v1.0/tenantRelationships/${list}` }, then: { delayMs: 4000 }, times: 1 });
  }
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText('Contract · GDAP not read yet').first().waitFor();
  assert.equal(await page.getByRole('row').getByText('no GDAP').count(), 0);
  await page.getByText(/^Read (just now|\d)/).waitFor();
  await visitor.button('Select all found').click();
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Export CSV').click()]);
  const table = readFileSync(await download.path(), 'utf8');
  assert.match(table, /"Contract only, no GDAP"/);
  assert.doesNotMatch(table, /not read yet/);
  visitor.assertClean();
  await visitor.leave();
});

test('F27: while the list grows under somebody’s eyes, no row keeps the customer of another', async () => {
  await emulator.control('POST', '/reset', { customers: 20_000 });
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  // At each frame: whether what is on screen is in order, as the list is; and how long the list is.
  await page.addInitScript(() => {
    Object.assign(window, { misplaced: [], lengths: new Set() });
    const joined = { æ: 'ae', đ: 'd', ð: 'd', ø: 'o', ł: 'l', ß: 'ss', ı: 'i', œ: 'oe', þ: 'th' };
    const folded = (name) => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[æđðøłßıœþ]/g, (letter) => joined[letter]);
    const look = () => {
      const rows = [...document.querySelectorAll('[role=row]:not([hidden])')].toSorted((one, other) => Number(one.ariaRowIndex) - Number(other.ariaRowIndex));
      const text = (row, selector) => row.querySelector(selector).textContent;
      // Those of one name are in the order of their ids.
      const keys = rows.map((row) => `${folded(text(row, '.customer__name span'))}\0${text(row, '.customer__ids span:last-child')}`);
      const length = document.querySelector('[role=grid]')?.getAttribute('aria-rowcount');
      if (keys.some((key, index) => index > 0 && key < keys[index - 1])) window.misplaced.push(`${length}: ${keys.join(' | ')}`);
      if (keys.length > 0) window.lengths.add(Number(length));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText(/^Read (just now|\d)/).waitFor({ timeout: 120_000 });
  const { misplaced, lengths } = await page.evaluate(() => ({ misplaced: window.misplaced, lengths: [...window.lengths] }));
  assert.ok(lengths.length > 3, `the list grew: ${lengths}`);
  assert.deepEqual([lengths.at(-1), lengths.toSorted((one, other) => one - other)], [20_000, lengths]);
  assert.deepEqual(misplaced, []);
  visitor.assertClean();
  await visitor.leave();
});

test('details are not drawn anew under the keyboard while the list is read anew', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  for (const [list, delayMs] of [['tenantRelationships/delegatedAdminCustomers', 2000], ['tenantRelationships/delegatedAdminRelationships', 2000], ['contracts', 6000]]) {
    await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path: `/v1.0/${list}` }, then: { delayMs }, times: 1 });
  }
  await visitor.button('Refresh').click();
  await page.getByText('Reading the customers: 0 so far').waitFor();
  await page.getByRole('row').first().getByRole('button', { name: 'Details' }).click();
  await page.getByRole('dialog').getByText('Roles you hold').waitFor();
  await page.getByRole('dialog').getByText('Reading …').waitFor({ state: 'detached' });
  const changes = await page.getByRole('dialog').evaluateHandle((dialog) => {
    const seen = [];
    new MutationObserver((records) => seen.push(...records.map((record) => `${record.type} in ${record.target.nodeName}`))).observe(dialog, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  await page.getByText(/Reading the customers: [1-9]\d* so far/).waitFor();
  await page.getByText(/^Read (just now|\d)/).waitFor();
  assert.deepEqual(await changes.jsonValue(), []);
  visitor.assertClean();
  await visitor.leave();
});

test('a Refresh that is told to wait waits, and one that fails halfway says so and forgets nothing', async () => {
  await emulator.control('POST', '/reset', { customers: 700 });
  const visitor = await arrive();
  const { page } = visitor;
  const ties = () => page.getByRole('row').locator('[data-works]').allInnerTexts();
  const known = await ties();
  assert.ok(known.some((tie) => tie.startsWith('GDAP ')), known.join(' | '));
  const path = '/v1.0/tenantRelationships';
  await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path: `${path}/delegatedAdminCustomers`, nth: 2 }, then: { status: 429, headers: { 'Retry-After': '1' } }, times: 1 });
  await emulator.control('POST', '/faults', { match: { origin: 'graph', method: 'GET', path: `${path}/delegatedAdminRelationships`, nth: 1 }, then: { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' } } }, times: 1 });
  await emulator.control('DELETE', '/requests');
  await visitor.button('Refresh').click();
  await page.getByRole('alert').getByText('Reading the customers was refused').waitFor({ timeout: 20_000 });
  await page.getByRole('alert').getByText('The list keeps what was known before').waitFor();
  await page.getByText(/^Read (just now|\d)/).waitFor();
  assert.deepEqual(await ties(), known, 'nobody lost GDAP because a list could not be read');
  const asked = await assertNoViolations(emulator, 'partner-refresh');
  const statuses = (requests, list) => requests.filter((entry) => entry.path === `${path}/${list}`).map((entry) => entry.status);
  assert.deepEqual(statuses(asked, 'delegatedAdminRelationships'), [403]);
  await emulator.control('DELETE', '/requests');
  await visitor.button('Refresh').click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.getByText(/^Read just now/).waitFor();
  assert.deepEqual(await ties(), known);
  const [first, ...others] = statuses(await emulator.control('GET', '/requests'), 'delegatedAdminCustomers');
  assert.ok(others.length > 1, 'there are several pages');
  assert.deepEqual(statuses(asked, 'delegatedAdminCustomers'), [first, 429, ...others], 'read to the end, after the wait');
  visitor.assertClean();
  await visitor.leave();
});

test('two partners in one browser never see each other’s customers', async () => {
  const visitor = await arrive();
  const { page } = visitor;
  await visitor.button('Switch session').click();
  await visitor.button('Sign in with another account').click();
  await visitor.passMicrosoft('admin@fresh.example');
  await visitor.button('Accept').click();
  await page.getByRole('banner').getByText('fresh.example', { exact: true }).waitFor();
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  assert.equal(await page.getByRole('row').count(), 0);
  visitor.assertClean();
  await visitor.leave();
});
