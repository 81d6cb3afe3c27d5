/** `pipeline calibrate --from`: a bench from a table of measurements. */
import { basename, extname } from 'node:path';
import { RefusedError, UsageError } from '../../pipeline/errors.js';
import type { Finding } from '../../pipeline/findings.js';
import type { Terminal } from '../../pipeline/terminal.js';
import { word } from '../../pipeline/shell_word.js';
import { benchDocument, benchText } from '../energy/calibration/bench_document.js';
import { calibrate, type Calibration } from '../energy/calibration/calibrate.js';
import { refusals } from '../energy/calibration/checks.js';
import { allFiguresOf } from '../energy/calibration/figures.js';
import { parseMapping } from '../energy/calibration/mapping.js';
import { prepare } from '../energy/calibration/prepare.js';
import { readTable } from '../energy/calibration/read_table.js';
import type { CalibrateArgs } from './calibrate.js';
import { calibrationLines } from './calibrate_lines.js';
import { outputFile, writeOutput } from './calibrate_output.js';

type Args = CalibrateArgs & { readonly from: string; readonly map: readonly string[] };

/** The command that gives the same bench again. */
function commandOf({ from, map, where, shortest, name }: Args): string {
  const options = Object.entries({ where, shortest: shortest === undefined ? undefined : String(shortest), name });
  const given = options.flatMap(([option, value]) => (value === undefined ? [] : [`--${option}`, word(value)]));
  return ['pipeline calibrate --from', word(from), '--map', word(map.join(',')), ...given].join(' ');
}

function tell(findings: readonly Finding[], terminal: Terminal): void {
  for (const { severity, message, source } of findings) {
    if (severity === 'warn') terminal.warn(`${message} (${source})`);
    else if (severity === 'info') terminal.say(message);
  }
}

/** Ends with exit 3 and every reason. */
function refuse(calibration: Calibration, findings: readonly Finding[], terminal: Terminal): never {
  const reasons = refusals(findings);
  terminal.print(calibrationLines(calibration, true));
  terminal.document({ bench: null, file: null, refused: reasons.map(({ message }) => message), calibration: allFiguresOf(calibration), findings }); // prettier-ignore
  const lines = reasons.map(({ check_id, message, source }) => `  ${check_id}: ${message} (${source})`);
  const hint = calibration.points.cpu
    ? 'measure again with idle and a light load among the rows; or leave rows out: --where "…"'
    : 'if the CPU’s load varies, map its energy, power or load (cpu_j=, cpu_w=, cpu_pct=); add idle and a light load';
  throw new RefusedError(`this cannot be calibrated:\n${lines.join('\n')}`, hint);
}

export async function calibrateTable(args: Args, terminal: Terminal): Promise<void> {
  const { from, map, where, shortest = null, force } = args;
  if (shortest !== null && !(shortest >= 0))
    throw new UsageError(`--shortest ${shortest}: expected seconds, 0 or more`);
  const mapping = parseMapping(map);
  const file = outputFile(args, 'benches');
  const prepared = prepare(await readTable(from, mapping, where), {
    grouped: mapping.group !== null,
    timed: mapping.time !== null,
    limitS: shortest,
  });
  if (prepared.points.row.length === 0)
    throw new UsageError(`no row is left: all are shorter than --shortest ${shortest} s`);
  const calibration = calibrate(prepared.points);
  const findings = [...prepared.findings, ...calibration.findings];
  tell(findings, terminal);
  if (refusals(findings).length > 0) refuse(calibration, findings, terminal);
  const bench = benchDocument(calibration, {
    name: args.name ?? basename(file ?? from, extname(file ?? from)),
    file: basename(from),
    madeBy: commandOf(args),
    groupColumn: mapping.group?.column ?? null,
  });
  if (file) writeOutput(file, benchText(bench), force);
  terminal.print(calibrationLines(calibration, false));
  terminal.document({ bench, file, calibration: allFiguresOf(calibration), findings });
  terminal.say(
    file
      ? `${file}: use it with pipeline predict MODEL --on ${args.output ?? bench.name}`
      : 'nothing is written: --output FILE.yaml or --name NAME does',
  );
}
