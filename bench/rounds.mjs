// Setting up an App session: round trips to Graph and wall time, in the page and by the Azure CLI with the same plan as its commands,
// each answer of Microsoft's side delayed. What a person does in between is not counted.
import { makeAdministrator } from '../tests/foreign/administrator.mjs';
import { beside, planAsCommands } from '../tests/foreign/az.mjs';
import { record } from './results.mjs';

const LATENCY_MS = 100;
const GRAPH = '00000003-0000-0000-c000-000000000000';

/** Fills the wizard up to Review with so many application permissions, and a role where there is to be one. */
const fill = async (visitor, name, permissions, role) => {
  const { page } = visitor;
  await page.goto(visitor.emulator.app);
  await visitor.openWizard();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await visitor.next();
  await page.getByText('Paste a manifest').click();
  const resourceAccess = permissions.map(({ id }) => ({ id, type: 'Role' }));
  await page.getByRole('textbox', { name: 'Manifest' }).fill(JSON.stringify({ requiredResourceAccess: [{ resourceAppId: GRAPH, resourceAccess }] }));
  await page.getByText(/taken from the manifest/).waitFor();
  // What could do harm waits for a tick, once the tenant's own names are looked up.
  const waiting = page.getByRole('list', { name: 'Asked for from outside' });
  await page.waitForFunction((all) => document.querySelectorAll('[aria-label="Asked for from outside"] input, [aria-label="Chosen permissions"] li').length >= all, permissions.length);
  for (const box of await waiting.getByRole('checkbox').all()) await box.check();
  await visitor.next();
  await visitor.next();
  if (role) await visitor.chooseRole(role);
  await visitor.next();
  await page.getByRole('table').waitFor();
};

/** Presses, waits for what must appear, and returns the milliseconds in between. */
const timed = async (press, appeared) => {
  const began = performance.now();
  await press();
  await appeared();
  return performance.now() - began;
};

const trips = async (emulator, since) => (await emulator.control('GET', '/requests')).slice(since).filter((entry) => entry.origin === 'graph' && !entry.batchId).length;

export const rounds = async (version, counts = [1, 5, 20, 60]) => {
  const { emulator, browser, az, shell, version: cli, stop } = await beside('--replication-ms', '0', '--latency-ms', String(LATENCY_MS));
  const { visitor, secret } = await makeAdministrator(emulator, browser);
  const { page } = visitor;
  await visitor.button('Use now').click();
  await shell(await page.locator('details.command').filter({ hasText: /^Azure CLI/ }).locator('pre').textContent(), `${secret}\n`);
  const url = `${emulator.graph}/v1.0/servicePrincipals(appId='${GRAPH}')?$select=appRoles`;
  const roles = JSON.parse(await az('rest', '--method', 'get', '--url', url)).appRoles.filter((role) => role.allowedMemberTypes.includes('Application')).toSorted((a, b) => a.value.includes('Write') - b.value.includes('Write'));
  const rows = [];
  for (const count of counts) {
    const name = `Bench ${count}`;
    await fill(visitor, name, roles.slice(0, count));
    const commands = await planAsCommands(visitor);
    let seen = (await emulator.control('GET', '/requests')).length;
    const own = [
      await timed(() => visitor.button('Create').click(), () => visitor.button('Show secret').waitFor({ timeout: 120_000 })),
      await timed(() => visitor.button('Show secret').click(), () => page.getByRole('textbox', { name: 'Client secret value' }).waitFor()),
      await timed(() => visitor.button('I have saved it').click(), () => visitor.untilRun('Done')),
    ].reduce((sum, part) => sum + part);
    const ownTrips = await trips(emulator, seen);
    seen = (await emulator.control('GET', '/requests')).length;
    const began = performance.now();
    await shell(commands.replaceAll(name, `${name} by az`));
    rows.push({ count, own, ownTrips, theirs: performance.now() - began, theirTrips: await trips(emulator, seen) });
  }
  await stop();
  record('Setting up an App session', version, [
    `With a client secret, each answer of Microsoft’s side delayed by ${LATENCY_MS} ms, replicas up to date. Azure CLI ${cli} runs the plan as the page writes it out.`,
    '',
    '| application permissions | page: round trips | page: s | Azure CLI: round trips | Azure CLI: s |',
    '|---|---|---|---|---|',
    ...rows.map(({ count, own, ownTrips, theirs, theirTrips }) => `| ${count} | ${ownTrips} | ${(own / 1000).toFixed(1)} | ${theirTrips} | ${(theirs / 1000).toFixed(1)} |`),
  ]);
};
