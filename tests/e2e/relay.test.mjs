// With a relay the page gets a token of the application itself, with a key that lives for the visit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor, assertNoViolations, stage, tenantNamed } from './support.mjs';

const { emulator, browser } = await stage(['--relay']);

test('the page connects as the App session over the relay and reads what the application may read', async () => {
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('admin@partner.example');
  await visitor.fillWizard();
  await visitor.button('Create').click();
  await visitor.takeSecret();
  await visitor.button('Use now').click();
  await visitor.button('Connect as the application').click();
  await page.getByRole('region', { name: 'Plan' }).getByText(/Add the certificate CN=Latchkey visit/).waitFor({ timeout: 45_000 });
  await visitor.checkScreen('plan-use-here');
  await visitor.button('Carry out').click();
  await visitor.untilRun('Done');
  await visitor.button('Use now').click();
  await visitor.button('Read as the application').click();
  const list = page.getByRole('list', { name: 'Read as the application' });
  await list.waitFor({ timeout: 45_000 });
  // User.Read.All is what it was granted.
  assert.deepEqual(await list.getByRole('listitem').allInnerTexts(), ['Organization: no permission for it', 'Users: read', 'Groups: no permission for it', 'Applications: no permission for it']);
  await visitor.checkScreen('use-here');
  await visitor.assertNoMarks();
  // The key is gone with the visit.
  await page.reload();
  await visitor.button('Connect as the application').waitFor();
  const { id } = await tenantNamed(emulator, 'partner.example');
  const requests = await assertNoViolations(emulator, 'relay');
  assert.ok(requests.some((entry) => entry.origin === 'login' && entry.path === `/${id}/oauth2/v2.0/token` && entry.requestHeaders.Origin === undefined));
  visitor.assertClean();
  await visitor.leave();
});
