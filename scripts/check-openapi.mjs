// Checks what the page asked Graph and what the emulator answered, as the journeys recorded it, against OpenAPI slices:
// operation, query options, request body, status and response body. Names each mismatch once.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = process.argv[2];
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

/** Query options that the slice does not describe for an operation but Graph takes everywhere. */
const EVERYWHERE = new Set(['$skiptoken', '$count', '$format']);

/** Operations that Microsoft documents and a slice may lack; nothing but their existence is known here. */
const DOCUMENTED = [
  // https://learn.microsoft.com/graph/api/resources/application: the relationship appManagementPolicies
  /^GET \/(v1\.0|beta)\/applications\/\*\/appManagementPolicies$/,
  // https://learn.microsoft.com/graph/api/user-revokesigninsessions
  /^POST \/(v1\.0|beta)\/me\/revokeSignInSessions$/,
];

const read = (version) => {
  const slice = JSON.parse(readFileSync(`${folder}/graph-slice-${version}.json`, 'utf8'));
  ajv.addSchema(slice, version);
  return Object.entries(slice.paths).map(([template, methods]) => {
    const pattern = template.replace(/[.$()]/g, '\\$&').replace(/'\{[^}]+\}'/g, "'[^']+'").replace(/\{[^}]+\}/g, '[^/()]+');
    return { template, methods, version, pattern: new RegExp(`^${pattern}$`), exact: !/\/\{/.test(template) };
  });
};
const all = { 'v1.0': read('v1.0'), beta: read('beta') };
const find = (path) => {
  const [, version, rest] = path.match(/^\/(v1\.0|beta)(\/.*)$/) ?? [];
  const wanted = (rest ?? path).replace('/microsoft.graph.', '/graph.');
  // Beta takes the operations of v1.0 too; the slice of it names only what v1.0 does not have.
  const operations = version === 'beta' ? [...all.beta, ...all['v1.0']] : all['v1.0'];
  let fitting = operations.filter(({ pattern }) => pattern.test(wanted));
  // A cast that the slice does not list narrows a collection that it does.
  if (fitting.length === 0) fitting = operations.filter(({ pattern }) => pattern.test(wanted.replace(/\/graph\.\w+$/, '')));
  return fitting.find(({ exact }) => exact) ?? fitting[0];
};

const compiled = new Map();
const check = (version, pointer, value) => {
  const reference = `${version}#${pointer}`;
  if (!compiled.has(reference)) compiled.set(reference, ajv.compile({ $ref: reference }));
  const validate = compiled.get(reference);
  return validate(value) ? [] : validate.errors.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
};
const escape = (name) => name.replace(/~/g, '~0').replace(/\//g, '~1');

const faults = new Set();
let checked = 0;
const recorded = existsSync('tests/out') ? readdirSync('tests/out').filter((name) => name.endsWith('.json')) : [];
if (recorded.length === 0) {
  console.error('openapi: nothing is recorded in tests/out. Run the suite e2e first.');
  process.exit(1);
}
for (const file of recorded) {
  for (const entry of JSON.parse(readFileSync(`tests/out/${file}`, 'utf8'))) {
    if (entry.origin !== 'graph' || entry.path.endsWith('/$batch') || entry.status === 0) continue;
    const where = `${entry.method} ${entry.path.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*')}`;
    const found = find(entry.path);
    const operation = found?.methods[entry.method.toLowerCase()];
    if (!operation && DOCUMENTED.some((known) => known.test(where))) continue;
    if (!operation) {
      faults.add(`${where}: the slice has no such operation`);
      continue;
    }
    checked += 1;
    const at = `/paths/${escape(found.template)}/${entry.method.toLowerCase()}`;
    for (const [name, value] of new URLSearchParams(entry.query)) {
      const index = (operation.parameters ?? []).findIndex((parameter) => parameter.in === 'query' && parameter.name === name);
      if (index < 0) {
        if (!EVERYWHERE.has(name)) faults.add(`${where}: ${name} is not an option of this operation`);
        continue;
      }
      const { schema } = operation.parameters[index];
      const typed = schema.type === 'array' ? value.split(',') : schema.type === 'integer' ? Number(value) : schema.type === 'boolean' ? value === 'true' : value;
      for (const fault of check(found.version, `${at}/parameters/${index}/schema`, typed)) faults.add(`${where}: ${name} ${fault}`);
    }
    if (entry.requestBody !== null && operation.requestBody) {
      // Masked secrets are no longer what was sent.
      if (!JSON.stringify(entry.requestBody).includes('***')) {
        for (const fault of check(found.version, `${at}/requestBody/content/application~1json/schema`, entry.requestBody)) faults.add(`${where}: request ${fault}`);
      }
    }
    const status = String(entry.status);
    const response = operation.responses[status] ?? (entry.status >= 400 ? operation.responses['4XX'] ?? operation.responses.default : undefined);
    if (!response) {
      faults.add(`${where}: answers ${status}, which the slice does not know`);
      continue;
    }
    const key = operation.responses[status] ? status : operation.responses['4XX'] ? '4XX' : 'default';
    if (entry.responseBody !== null && response.content?.['application/json']) {
      for (const fault of check(found.version, `${at}/responses/${key}/content/application~1json/schema`, entry.responseBody)) faults.add(`${where}: answer ${fault}`);
    }
  }
}
if (faults.size > 0) {
  console.error([...faults].slice(0, 40).map((fault) => `openapi: ${fault}`).join('\n'));
  process.exit(1);
}
console.log(`openapi: ${checked} requests and answers fit`);
