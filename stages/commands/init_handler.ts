/** What `pipeline init` does: writes a starter, or looks around and writes both files of a bench or none. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../pipeline/errors.js';
import { writeUserFile } from '../../pipeline/store/atomic.js';
import type { Terminal } from '../../pipeline/terminal.js';
import type { InitArgs } from './init.js';
import { starterText } from './init/starter.js';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** What a beginner's run is called. */
const starterName = 'first-run';

/** As asked; of a bench the host's name without its domain, where it is one that a run can have. */
function nameOf({ name, bench }: InitArgs): string {
  const given = name ?? (bench ? hostname().split('.')[0] : starterName);
  if (namePattern.test(given)) return given;
  throw new UsageError(`${given}: expected a name of letters, digits, "-", "_" and ".", like our-box`);
}

/** Nothing is written over unless that is asked for. */
function mayWrite(files: readonly string[], { force }: InitArgs): void {
  const there = files.filter((file) => existsSync(file));
  if (there.length === 0 || force) return;
  throw new UsageError(`${there.join(' and ')} ${there.length > 1 ? 'are' : 'is'} there`, 'another name, or --force to write over it'); // prettier-ignore
}

export async function handle(args: InitArgs, terminal: Terminal): Promise<void> {
  return args.bench ? writeBench(args, terminal) : writeStarter(args, terminal);
}

function writeStarter(args: InitArgs, terminal: Terminal): void {
  if (args.meter !== undefined || args.gpu !== undefined) {
    throw new UsageError('--meter and --gpu describe a bench: add --bench', 'pipeline init our-box --bench --meter emonpi:/dev/ttyUSB0'); // prettier-ignore
  }
  const name = nameOf(args);
  const configuration = join('configs', `${name}.yaml`);
  mayWrite([configuration], args);
  writeUserFile(configuration, starterText(name));
  terminal.print(`${configuration}: seven stages on a simulated machine, in seconds; each line says what to change`);
  terminal.document({ name, files: { configuration } });
  terminal.say(`then: pipeline run ${configuration}`);
}

async function writeBench(args: InitArgs, terminal: Terminal): Promise<void> {
  const name = nameOf(args);
  const files = { configuration: join('configs', `${name}.yaml`), bench: join('data', 'benches', `${name}.yaml`) };
  mayWrite(Object.values(files), args);
  const { benchText, configurationText } = await import('./init/documents.js');
  const { lookAround } = await import('./init/found.js');
  const found = await lookAround(args);
  writeUserFile(files.configuration, configurationText(name, found));
  writeUserFile(files.bench, benchText(name, found));
  for (const lack of found.lacking) terminal.warn(lack);
  terminal.print(`${files.configuration}: read it, and fill in what is a comment\n${files.bench}: the machine as it was found`); // prettier-ignore
  terminal.document({ name, files, found });
  terminal.say(`then: pipeline doctor ${files.configuration}; pipeline run ${files.configuration} --dry-run`);
}
