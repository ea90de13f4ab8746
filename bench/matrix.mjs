// Checking the consent of 1,000 customers: customers a minute, with 5 % faults and storms of 429 thrown in, against the most that
// Graph's own throttling rules would let through.
import { Visitor, launch, startEmulator } from '../tests/e2e/support.mjs';
import { record } from './results.mjs';

const CUSTOMERS = 1_000;
const LATENCY_MS = 100;
/** Resource units of one check: /organization 1, the service principal 1, its grants 2; 150,000 units per 20 s for an application over all tenants. */
const UNITS = 4;
const MOST = (150_000 / 20) * 60 / UNITS;

const run = async (faults) => {
  const emulator = await startEmulator('--customers', String(CUSTOMERS), '--latency-ms', String(LATENCY_MS));
  const browser = await launch();
  const visitor = await Visitor.arrive(browser, emulator);
  const { page } = visitor;
  await visitor.signIn('tech@partner.example');
  await page.goto(`${emulator.app}/app/partner`);
  await page.getByText(/^Read (just now|\d)/).waitFor({ timeout: 120_000 });
  for (const fault of faults) await emulator.control('POST', '/faults', fault);
  await visitor.button('Select all found').click();
  const began = Date.now();
  await visitor.button('Check current status').click();
  await page.getByRole('status', { name: 'Check', exact: true }).getByText(`${CUSTOMERS.toLocaleString('en')} of ${CUSTOMERS.toLocaleString('en')} customers checked.`, { exact: true }).waitFor({ timeout: 900_000 });
  const minutes = (Date.now() - began) / 60_000;
  const requests = await emulator.control('GET', '/requests');
  const early = requests.filter((entry) => entry.violations.includes('earlyRetry')).length;
  await browser.close();
  emulator.stop();
  return { rate: CUSTOMERS / minutes, early };
};

export const matrix = async (version) => {
  // One in twenty of the last reads fails, and twice everybody is told to wait for two seconds.
  const path = '/v1.0/servicePrincipals/*/oauth2PermissionGrants';
  const storms = [100, 400].map((nth) => ({ match: { origin: 'graph', method: 'GET', path, nth }, then: { status: 429, headers: { 'Retry-After': '2' } }, times: 10 }));
  const faults = Array.from({ length: 50 }, (_, index) => ({ match: { origin: 'graph', method: 'GET', path, nth: 20 * (index + 1) }, then: { status: 503 }, times: 1 }));
  const plain = await run([]);
  const rough = await run([...storms, ...faults]);
  record('Consent matrix', version, [
    `${CUSTOMERS.toLocaleString('en')} customers, every answer of Microsoft's side delayed by ${LATENCY_MS} ms. The rules for an application over all tenants would let ${MOST.toLocaleString('en')} customers a minute through; eight tenants at a time is what courtesy to the token endpoint leaves.`,
    '',
    '| run | customers a minute | of the most | requests that came too early |',
    '|---|---|---|---|',
    ...Object.entries({ 'nothing fails': plain, 'one answer in twenty fails, two storms of 429': rough }).map(([name, { rate, early }]) => `| ${name} | ${Math.round(rate).toLocaleString('en')} | ${((100 * rate) / MOST).toFixed(1)} % | ${early} |`),
  ]);
};
