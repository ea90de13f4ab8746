// Packs dist/ of each cloud into an archive that a host can take as it is. The same sources give the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CLOUDS } from './policy.mjs';

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    to: { type: 'string', default: 'release' },
    cloud: { type: 'string', multiple: true, default: Object.keys(CLOUDS).filter((cloud) => cloud !== 'emulator') },
  },
});
const run = (program, ...line) => execFileSync(program, line, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 });

// Hosts tell browsers by size and time whether a file has changed, so each release needs a time of its own.
const time = process.env.SOURCE_DATE_EPOCH ?? run('git', 'log', '-1', '--format=%ct').trim();
const { version } = JSON.parse(readFileSync(`${values.from}/sbom.cdx.json`, 'utf8')).metadata.component;

rmSync(values.to, { recursive: true, force: true });
mkdirSync(values.to, { recursive: true });
const sums = values.cloud.map((cloud) => {
  const name = `latchkey-${version}-${cloud}`;
  run(process.execPath, 'scripts/finish-dist.mjs', '--from', values.from, '--to', `${values.to}/${name}/dist`, '--cloud', cloud);
  const modes = ['--mode=u=rwX,go=rX', '--owner=0', '--group=0', '--numeric-owner'];
  run('tar', '--create', '--format=ustar', '--sort=name', `--mtime=@${time}`, ...modes, '--directory', values.to, '--file', `${values.to}/${name}.tar`, name);
  run('gzip', '--no-name', '--best', `${values.to}/${name}.tar`);
  rmSync(`${values.to}/${name}`, { recursive: true });
  const archive = `${name}.tar.gz`;
  return `${createHash('sha256').update(readFileSync(`${values.to}/${archive}`)).digest('hex')}  ${archive}\n`;
});
writeFileSync(`${values.to}/SHA256SUMS`, sums.join(''));
