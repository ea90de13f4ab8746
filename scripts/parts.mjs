// release.json: what dist/ is, byte by byte. config.json is the host's to write, so it can't be part of it.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';

const OUTSIDE = new Set(['release.json', 'config.json']);
const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !OUTSIDE.has(name) && statSync(`${folder}/${name}`).isFile())
    .toSorted();

export const writeRelease = (folder, cloud) => {
  const { version } = JSON.parse(readFileSync(`${folder}/sbom.cdx.json`, 'utf8')).metadata.component;
  const sha256 = Object.fromEntries(filesOf(folder).map((name) => [name, hashOf(`${folder}/${name}`)]));
  writeFileSync(`${folder}/release.json`, `${JSON.stringify({ name: 'latchkey', version, cloud, sha256 }, null, 2)}\n`);
};

/** Returns where release.json or the notices don't say what is there, as file and reason. Files of the host, by name, are not of the release. */
export const faultsOfParts = (folder, hosted = []) => {
  const read = (name) => readFileSync(`${folder}/${name}`, 'utf8');
  const listed = JSON.parse(read('release.json')).sha256;
  const files = filesOf(folder).filter((name) => !hosted.includes(name));
  const notices = new Set(read('third-party.txt').split('\n'));
  const parts = JSON.parse(read('sbom.cdx.json')).components.filter(({ hashes }) => hashes);
  return [
    ...files.filter((name) => listed[name] !== hashOf(`${folder}/${name}`)).map((name) => ['release.json', `does not tell the hash of ${name}`]),
    ...Object.keys(listed).filter((name) => !files.includes(name)).map((name) => ['release.json', `names ${name}, which is not there`]),
    // Whoever wrote a part of the page is named, with the terms.
    ...parts.filter(({ name, version }) => !notices.has(`${name} ${version}`)).map(({ name, version }) => ['third-party.txt', `has no notice of ${name} ${version}`]),
  ];
};
