// LibreOffice reads what the page exports: nothing in it is a formula or a number, and every letter is there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Visitor, stage, tenantNamed } from '../e2e/support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the cells of a table as LibreOffice takes them: their type, their formula and their text. */
const cellsOf = (name, csv) => {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, csv);
  // Comma, quotes, UTF-8, from the first line, standard columns, and formulas are evaluated as a double click does.
  const options = ['--headless', `-env:UserInstallation=file://${folder}/profile`, '--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true', '--convert-to', 'fods', '--outdir', folder, file];
  const { status, stderr } = spawnSync('soffice', options, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const sheet = readFileSync(join(folder, `${name}.fods`), 'utf8');
  const plain = (text) => text.replace(/<text:s\/>/g, ' ').replace(/<[^>]*>/g, '').replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  return [...sheet.matchAll(/<table:table-cell([^>]*office:value-type[^>]*)>(.*?)<\/table:table-cell>/gs)].map(([, attributes, text]) => ({
    type: attributes.match(/office:value-type="(\w+)"/)[1],
    hasFormula: attributes.includes('table:formula'),
    text: plain(text).trim(),
  }));
};

test('T21: a spreadsheet takes every field of the export for text', async () => {
  assert.deepEqual(cellsOf('unguarded', '"=1+1","-1"\r\n').map(({ type, hasFormula }) => [type, hasFormula]), [['float', true], ['float', false]], 'this spreadsheet evaluates');
  const { emulator, browser } = await stage();
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  await visitor.button('Partner Access').click();
  const aliases = { 'customer1.example': '=HYPERLINK("https://evil.example";"Müller & Söhne")', 'customer2.example': '-1', 'customer3.example': '@SUM(1+1)', 'customer4.example': "'quoted" };
  const ids = [];
  for (const [domain, alias] of Object.entries(aliases)) {
    const { id, displayName } = await tenantNamed(emulator, domain);
    ids.push(id);
    await page.getByRole('searchbox', { name: 'Search customers' }).fill(id);
    const row = page.getByRole('row', { name: displayName });
    await page.getByText('1 of 60 customers', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Your alias' }).fill(alias);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await row.getByRole('checkbox').check();
  }
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.button('Export CSV').click()]);
  const cells = cellsOf('customers', readFileSync(await download.path()));
  for (const { type, hasFormula, text } of cells) assert.ok(type === 'string' && !hasFormula, text);
  const texts = cells.map(({ text }) => text);
  for (const said of [...ids, ...Object.values(aliases).map((alias) => `'${alias}`)]) assert.ok(texts.includes(said), `${said} in ${texts.join(' | ')}`);
  visitor.assertClean();
  await visitor.leave();
});
