// Which test proves which row of the list of faults (F) and threats (T): written to docs/coverage.md. A test says it by its name,
// `fn f36_f37_…` in Rust and `F36, F37: …` in JavaScript; tests/rows.json says what each row asks for, and why one has no test.
// `--check` writes nothing, and fails when the table is not the one that would be written.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';

const TABLE = 'docs/coverage.md';
const { engines, rows } = JSON.parse(readFileSync('tests/rows.json', 'utf8'));
const faults = [];

const ids = [...Array(60).keys()].map((at) => `F${String(at + 1).padStart(2, '0')}`).concat([...Array(40).keys()].map((at) => `T${String(at + 1).padStart(2, '0')}`));
for (const id of ids) if (!rows[id]?.what) faults.push(`tests/rows.json does not say what ${id} asks for`);
for (const id of Object.keys(rows)) if (!ids.includes(id)) faults.push(`tests/rows.json names ${id}, which there is not`);

const walk = (path) => (statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => walk(`${path}/${name}`)) : [path]);
const RUST = /#\[(?:wasm_bindgen_)?test\]\s+(?:#\[[^\]]*\]\s+)*(?:async )?fn ((?:[ft]\d\d_)+)(\w+)/g;
const SCRIPT = /\btest\(\s*(['"`])((?:[FT]\d\d(?:, )?)+): (.*?)\1,/g;

/** The tests of a file, each with the rows that it proves. */
const testsOf = (path) => {
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.rs')) return [...text.matchAll(RUST)].map(([, proves, name]) => [proves.toUpperCase().split('_').filter(Boolean), name.replaceAll('_', ' ')]);
  if (path.endsWith('.test.mjs')) return [...text.matchAll(SCRIPT)].map(([, , proves, name]) => [proves.split(', '), name.replace(/\$\{([^}]*)\}/g, '…')]);
  return [];
};

const proofs = new Map(ids.map((id) => [id, []]));
for (const [folder, engine] of Object.entries(engines)) {
  for (const path of existsSync(folder) ? walk(folder).toSorted() : []) {
    for (const [proves, name] of testsOf(path)) {
      for (const id of proves) {
        if (proofs.has(id)) proofs.get(id).push({ name, path, engine });
        else faults.push(`${path}: “${name}” names ${id}, which there is not`);
      }
    }
  }
}

const cell = (text) => text.replaceAll('|', '\\|');
const lines = ids.map((id) => {
  const { what = '', without, note } = rows[id] ?? {};
  const found = proofs.get(id);
  if (found.length === 0 && !without) faults.push(`${id} has neither a test nor a reason: ${what}`);
  if (found.length > 0 && without) faults.push(`${id} has a test, and tests/rows.json says why it has none`);
  const tests = found.map(({ name, path }) => `${name} (\`${path}\`)`);
  const said = [...tests, ...(without ? [`None: ${without}`] : []), ...(note ? [`Out of reach: ${note}`] : [])];
  return `| ${id} | ${cell(what)} | ${cell(said.join('<br>')) || '**open**'} | ${[...new Set(found.map(({ engine }) => engine))].join(', ')} |`;
});
const table = `# Which test proves what

Written by \`./dev coverage\` from the names of the tests and from \`tests/rows.json\`. F is a fault that must be met, T a threat.

| row | what must hold | tests | engine |
|---|---|---|---|
${lines.join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(TABLE, table);
else if (!existsSync(TABLE) || readFileSync(TABLE, 'utf8') !== table) faults.push(`${TABLE} is not current: run ./dev coverage`);
if (faults.length > 0) {
  console.error(faults.map((line) => `coverage: ${line}`).join('\n'));
  process.exit(1);
}
console.log(`${ids.length} rows, ${ids.filter((id) => proofs.get(id).length > 0).length} proven by a test`);
