// bench/RESULTS.md: each part of the bench replaces its own section and leaves the others.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const FILE = 'bench/RESULTS.md';
const HEAD = '# Results of ./dev bench\n\nThe peer pages are in bench/peer; each section was measured beside its peer in one run.';

/** Puts a section under its title, with the date and the machine, and prints it. */
export const record = (title, version, lines) => {
  const text = [`## ${title}`, '', `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Chromium ${version}.`, '', ...lines].join('\n').trimEnd();
  console.log(`\n${text}\n`);
  const known = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const sections = new Map(known.split(/^(?=## )/m).slice(1).map((section) => [section.match(/^## (.*)$/m)[1], section.trimEnd()]));
  sections.set(title, text);
  writeFileSync(FILE, `${[HEAD, ...sections.values()].join('\n\n')}\n`);
};
