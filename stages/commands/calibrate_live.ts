/**
 * `pipeline calibrate --live CONFIG`: a new machine in half an hour. A designed set of models is measured on the bench of a
 * configuration, everything that `predict` uses is fitted to it, and each model of the set is predicted from the others, so
 * that the result says how far off it is. Interrupted, it goes on where it stopped.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Door } from '../../pipeline/cli/command.js';
import { handle as run } from '../../pipeline/cli/run_handler.js';
import { UsageError } from '../../pipeline/errors.js';
import { openProject } from '../../pipeline/project.js';
import { readableDuration, Terminal } from '../../pipeline/terminal.js';
import { readYaml } from '../../pipeline/yaml.js';
import { isUnmetered } from '../energy/benches/absent.js';
import { meterSettings, period_us } from '../energy/meters/settings.js';
import { asides, leftToMeasure, type Left } from '../profile/live/forecast.js';
import type { CalibrateArgs } from './calibrate.js';
import { outputFile } from './calibrate_output.js';
import { calibrateRun, commandOf, configFile } from './calibrate_run.js';
import { calibrationSet, roundFor } from './calibration_set.js';
import { keptBack, keptBackText } from './kept_back.js';

type Args = CalibrateArgs & { readonly config: string };

const configuration = z.looseObject({
  run: z.string(),
  bench: z
    .looseObject({
      source: z.array(z.string()).default([]),
      live: z.looseObject({ meter: z.unknown().optional() }).optional(),
    })
    .prefault({}),
});

/** The set as overrides of the configuration, for its bench; what the user sets comes after, and counts. */
function overrides(config: string, set: readonly string[]): { readonly name: string; readonly set: string[] } {
  const { run: name, bench } = readYaml(config, configuration);
  if (bench.source[0] !== 'live') {
    throw new UsageError(
      `${config}: --live measures on a bench of one's own, and bench.source is [${bench.source.join(', ')}]`,
      'pipeline init --bench writes a configuration whose source is live; a run that is measured needs no --live',
    );
  }
  // A meter that is described wrongly is told of where the configuration is read.
  const meter = meterSettings.safeParse(bench.live?.meter);
  const round_s = roundFor(meter.success ? period_us(meter.data) : null);
  return { name, set: [...calibrationSet(name, round_s), ...set] };
}

/** What there is to measure, of all models together, and whether wall joules come of it. */
async function planOf(config: string, set: readonly string[], { openRegistry }: Door) {
  const { graph } = await openProject(config, await openRegistry(), { set, record: false });
  const { settings, source, run: name } = graph;
  return { left: leftToMeasure(settings, source, name), isMetered: !isUnmetered(source) };
}

const planText = (left: Left, what: string): string => {
  const known = [`${left.measurements} measurements`, ...asides(left), `${readableDuration(left.seconds)} at least`];
  return `${what}: ${known.join(', ')}; starting PyTorch, a GPU that has to cool and fitting come on top`;
};

/** Nobody measures for half an hour to be told then that the file cannot be written. */
function checkOutput(args: Args, { measurements }: Left): void {
  const file = outputFile(args, 'predictors');
  if (measurements === 0 || args.force || file === null || !existsSync(file)) return;
  throw new UsageError(`${file} is there, and will differ from what is measured now`, '--force writes over it');
}

/** Measures, fits, and says how far off the models are that were kept back. */
export async function calibrateLive(args: Args, terminal: Terminal, door: Door): Promise<void> {
  const config = configFile(args.config);
  const { name, set } = overrides(config, args.set);
  const named = { ...args, config, set, name: args.name ?? (args.output === undefined ? name : undefined) };
  const { left, isMetered } = await planOf(config, set, door);
  if (!args.dryRun) checkOutput(named, left);
  const plainly = {
    force: false,
    executor: 'local',
    detach: false,
    verify: false,
    relock: false,
    download: false,
  } as const;
  const wanted = { config, set, stage: isMetered ? 'evaluate' : 'featurize', dryRun: args.dryRun, ...plainly };
  if (args.dryRun) {
    await run(wanted, terminal, door);
    return terminal.print(planText(left, 'the set'));
  }
  if (left.measurements > 0) terminal.say(planText(left, `${name}-calibration`));
  // One document is printed, and that is the calibration's.
  await run(wanted, new Terminal({ json: false, quiet: terminal.quiet }), door);
  // Of the GPU's joules alone nothing is evaluated: their calibration itself keeps each model back.
  if (!isMetered) return calibrateRun(named, terminal, door, { madeBy: commandOf(args) });
  const errors = await keptBack(config, set, door);
  await calibrateRun(named, terminal, door, {
    madeBy: commandOf(args),
    text: keptBackText(errors),
    document: { kept_back: errors },
  });
}
