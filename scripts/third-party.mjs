// What other people's code is in the page: third-party.txt with its licences, sbom.cdx.json as CycloneDX. Both are made from
// what cargo resolves for wasm32, and from the licence files of the packages themselves.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as CDX from '@cyclonedx/cyclonedx-library';
import parse from 'spdx-expression-parse';
import { termsOf } from './licences.mjs';

/** The crates that are compiled into the three modules of the page. */
const ROOTS = new Set(['latchkey', 'latchkey-certificate']);

/** Linked from the compiled standard library, so cargo does not list it. */
const STANDARD_LIBRARY = {
  name: 'Rust standard library (core, alloc, std, compiler_builtins, dlmalloc)',
  version: execFileSync('rustc', ['--version'], { encoding: 'utf8' }).split(' ')[1],
  license: 'MIT OR Apache-2.0',
  copyright: 'The Rust Project Contributors',
};

const resolve = () => {
  const line = ['metadata', '--locked', '--offline', '--format-version', '1', '--filter-platform', 'wasm32-unknown-unknown', '--features', 'latchkey-certificate/x509'];
  const metadata = JSON.parse(execFileSync('cargo', line, { encoding: 'utf8', maxBuffer: 1 << 28 }));
  const packages = new Map(metadata.packages.map((one) => [one.id, one]));
  const nodes = new Map(metadata.resolve.nodes.map((one) => [one.id, one]));
  const found = new Map();
  // Build scripts and macros run on the machine that builds: nothing of them is in the page.
  const isLinked = ({ pkg, dep_kinds }) => dep_kinds.some(({ kind }) => kind === null) && !packages.get(pkg).targets.some(({ kind }) => kind.includes('proc-macro'));
  const visit = (id) => {
    if (found.has(id)) return;
    const needs = nodes.get(id).deps.filter(isLinked).map(({ pkg }) => pkg);
    found.set(id, { ...packages.get(id), needs });
    needs.forEach(visit);
  };
  metadata.packages.filter(({ name }) => ROOTS.has(name)).forEach(({ id }) => visit(id));
  return [...found.values()].toSorted((one, other) => (`${one.name} ${one.version}` < `${other.name} ${other.version}` ? -1 : 1));
};

/** Which licence a file of a package is about, by its name; any other licence file counts for whatever is chosen. */
const ABOUT = /** @type {const} */ ([
  [/unlicense/i, 'Unlicense'],
  [/apache/i, 'Apache-2.0'],
  [/mit/i, 'MIT'],
  [/zlib/i, 'Zlib'],
  [/boost|bsl/i, 'BSL-1.0'],
  [/bsd/i, 'BSD-2-Clause'],
  [/unicode/i, 'Unicode-3.0'],
]);
const MIT = readFileSync('LICENSE', 'utf8').replace(/^[^]*?(?=Permission is hereby granted)/, '').trim();
const mitOf = (holders) => `Copyright (c) ${holders}\n\n${MIT}`;

const textsOf = (one, terms) => {
  if (one.copyright) return [mitOf(one.copyright)];
  const folder = dirname(one.manifest_path);
  const texts = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|unlicense|copying|copyright|notice)/i.test(name))
    .filter((name) => terms.includes(ABOUT.find(([pattern]) => pattern.test(name))?.[1] ?? terms[0]))
    .toSorted()
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8').replaceAll('\r\n', '\n').trim());
  if (texts.length > 0) return texts;
  // Such packages name their licence and authors in Cargo.toml alone.
  if (terms.join() !== 'MIT') throw new Error(`${one.name} ${one.version} (${one.license}) brings no licence file: find out what its notice has to say`);
  return [mitOf(one.authors.length > 0 ? one.authors.map((author) => author.replace(/ *<.*>/, '')).join(', ') : `the authors of ${one.name}`)];
};

const notices = (packages) => {
  const groups = new Map();
  for (const one of packages) {
    const terms = termsOf(one.license);
    const text = textsOf(one, terms).join('\n\n');
    const group = groups.get(text) ?? { terms, names: [] };
    group.names.push(`${one.name} ${one.version}`);
    groups.set(text, group);
  }
  const rule = '='.repeat(100);
  const parts = [...groups].map(([text, { terms, names }]) => `${rule}\n${names.join('\n')}\n\n${terms.join(' and ')}\n${'-'.repeat(100)}\n\n${text}\n`);
  return `Latchkey contains the following software of others, under the terms that stand below each list.\n\n${parts.join('\n')}`;
};

const sbom = (packages) => {
  const sums = new Map([...readFileSync('Cargo.lock', 'utf8').matchAll(/^name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"$/gm)].map(([, name, version, sum]) => [`${name} ${version}`, sum]));
  const licences = new CDX.Contrib.License.Factories.LicenseFactory(parse);
  const components = new Map();
  for (const one of packages) {
    const isOurs = one.source === null;
    const purl = `pkg:cargo/${one.name}@${encodeURIComponent(one.version)}`;
    const component = new CDX.Models.Component(CDX.Enums.ComponentType.Library, one.name, { version: one.version, description: one.description ?? undefined, bomRef: purl, purl });
    component.licenses.add(licences.makeFromString(one.license.replace('/', ' OR ')));
    if (!isOurs) component.hashes.set(CDX.Enums.HashAlgorithm['SHA-256'], sums.get(`${one.name} ${one.version}`));
    components.set(one.id, component);
  }
  for (const one of packages) for (const id of one.needs) components.get(one.id).dependencies.add(components.get(id).bomRef);
  const { name, version, license } = STANDARD_LIBRARY;
  const standard = new CDX.Models.Component(CDX.Enums.ComponentType.Library, name, { version, bomRef: 'rust-standard-library' });
  standard.licenses.add(licences.makeFromString(license));

  const page = packages.find((one) => one.name === 'latchkey');
  const whole = new CDX.Models.Component(CDX.Enums.ComponentType.Application, 'Latchkey', { version: page.version, bomRef: 'page' });
  whole.licenses.add(licences.makeFromString(page.license));
  for (const one of packages.filter((known) => ROOTS.has(known.name))) whole.dependencies.add(components.get(one.id).bomRef);
  whole.dependencies.add(standard.bomRef);

  // Without serial number and time: the same sources give the same file.
  const bom = new CDX.Models.Bom();
  bom.metadata.component = whole;
  for (const component of [...components.values(), standard]) bom.components.add(component);
  const normal = new CDX.Serialize.JSON.Normalize.Factory(CDX.Spec.Spec1dot6);
  return `${new CDX.Serialize.JsonSerializer(normal).serialize(bom, { sortLists: true, space: 1 })}\n`;
};

const [folder] = process.argv.slice(2);
const packages = resolve();
writeFileSync(`${folder}/third-party.txt`, notices([...packages.filter(({ source }) => source !== null), STANDARD_LIBRARY]));
writeFileSync(`${folder}/sbom.cdx.json`, sbom(packages));
