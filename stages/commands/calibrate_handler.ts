/** What `pipeline calibrate` does. */
import type { Door } from '../../pipeline/cli/command.js';
import { UsageError } from '../../pipeline/errors.js';
import type { Terminal } from '../../pipeline/terminal.js';
import type { CalibrateArgs } from './calibrate.js';

export async function handle(args: CalibrateArgs, terminal: Terminal, door: Door): Promise<void> {
  const { config, from, map = [] } = args;
  if (config !== undefined && from !== undefined) {
    throw new UsageError(`${config} and --from ${from}: calibrate takes a measured run or a table, not both`);
  }
  if (args.live && config === undefined) {
    throw new UsageError('--live needs a configuration', 'pipeline init --bench writes one of this machine');
  }
  if (args.dryRun && !args.live) throw new UsageError('--dry-run belongs to --live: the others take seconds');
  if (from !== undefined) {
    if (map.length === 0) throw new UsageError('--from needs --map', 'like --map wall_w=meter,gpu_w=nvml,group=model');
    return (await import('./calibrate_table.js')).calibrateTable({ ...args, from, map }, terminal);
  }
  if (config === undefined) {
    throw new UsageError(
      'calibrate takes a measured run (a configuration) or --from FILE',
      'see `pipeline calibrate --help`',
    );
  }
  const only = ['map', 'where', 'shortest'].find((name) => args[name as keyof CalibrateArgs] !== undefined);
  if (only) throw new UsageError(`--${only} belongs to --from FILE`);
  if (args.live) return (await import('./calibrate_live.js')).calibrateLive({ ...args, config }, terminal, door);
  return (await import('./calibrate_run.js')).calibrateRun({ ...args, config }, terminal, door);
}
