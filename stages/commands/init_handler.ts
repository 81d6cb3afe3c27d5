/** What `pipeline init --bench` does: looks around, writes both files or none. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../pipeline/errors.js';
import { writeAtomically } from '../../pipeline/store/atomic.js';
import type { Terminal } from '../../pipeline/terminal.js';
import type { InitArgs } from './init.js';
import { benchText, configurationText } from './init/documents.js';
import { lookAround } from './init/found.js';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** The host's name without its domain, where it is one that a run can have. */
function nameOf({ name }: InitArgs): string {
  const given = name ?? hostname().split('.')[0];
  if (namePattern.test(given)) return given;
  throw new UsageError(`${given}: expected a name of letters, digits, "-", "_" and ".", like our-box`);
}

export async function handle(args: InitArgs, terminal: Terminal): Promise<void> {
  if (!args.bench) throw new UsageError('init writes a bench: add --bench', 'pipeline init our-box --bench --meter emonpi:/dev/ttyUSB0'); // prettier-ignore
  const name = nameOf(args);
  const files = { configuration: join('configs', `${name}.yaml`), bench: join('data', 'benches', `${name}.yaml`) };
  const there = Object.values(files).filter((file) => existsSync(file));
  if (there.length > 0 && !args.force) {
    throw new UsageError(`${there.join(' and ')} ${there.length > 1 ? 'are' : 'is'} there`, 'another name, or --force to write over it'); // prettier-ignore
  }
  const found = await lookAround(args);
  writeAtomically(files.configuration, configurationText(name, found));
  writeAtomically(files.bench, benchText(name, found));
  for (const lack of found.lacking) terminal.warn(lack);
  terminal.print(`${files.configuration}: read it, and fill in what is a comment\n${files.bench}: the machine as it was found`); // prettier-ignore
  terminal.document({ name, files, found });
  terminal.say(`then: pipeline doctor; pipeline run ${files.configuration} --dry-run`);
}
