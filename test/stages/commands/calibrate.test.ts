import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { needs } from '../../needs.js';
import { csvOfPowers, ramp, simulatedPoints } from '../energy/calibration/simulated_points.js';
import { runProgram } from './run_program.js';

process.chdir(mkdtempSync(join(tmpdir(), 'calibrate-')));

const good = { eta: 1.046, restW: 99.9, gpuW: ramp(40, 12, 200), noisePct: 0.5 };
writeFileSync('box.csv', csvOfPowers(simulatedPoints(good)));
writeFileSync('flat.csv', csvOfPowers(simulatedPoints({ ...good, eta: 0, restW: 250 })));
const map = ['--map', 'wall_w=meter,gpu_w=nvml,group=model'];

interface Figures {
  readonly constants: number;
  readonly left_out: { readonly mean_pct: number; readonly worst_pct: number };
  readonly ten_rows: { readonly median_pct: number; readonly p95_pct: number };
  readonly idle: { readonly error_pct: number };
  readonly two_constants: { readonly left_out: { readonly mean_pct: number } };
}

interface Document {
  readonly bench: {
    readonly name: string;
    readonly predictors: {
      readonly made_by: string;
      readonly predictors: { readonly law: Readonly<Record<string, Readonly<Record<string, number>>>> };
    };
  } | null;
  readonly file: string | null;
  readonly refused?: readonly string[];
  readonly calibration: Figures;
}

async function documentOf(code: number, ...argv: string[]): Promise<Document> {
  const ended = await runProgram('calibrate', ...argv, '--json');
  assert.is(ended.code, code, ended.stderr);
  return JSON.parse(ended.stdout) as Document;
}

test('the answer stands in the first line', async () => {
  const { code, stdout, stderr } = await runProgram('calibrate', '--from', 'box.csv', ...map);
  assert.is(code, 0, stderr);
  const [answer] = stdout.split('\n');
  assert.match(
    answer,
    /^wall = 1\.0\d+ ± 0\.00\d+ × GPU \+ \d+\.\d ± 0\.\d W × time; 0\.\d % on groups left out \(worst \d\.\d %\)$/,
  );
  assert.match(stdout, /calibrated by ten rows: 0\.\d % on the others/);
  assert.match(stderr, /nothing is written/);
});

test('the bench is written whole, and over nothing else unasked', async () => {
  const write = ['--from', 'box.csv', ...map, '--output', 'box.yaml'];
  const { bench, file } = await documentOf(0, ...write);
  assert.is(file, 'box.yaml');
  assert.equal(parse(readFileSync('box.yaml', 'utf8')), bench);
  const { eta, rest_w } = bench!.predictors.predictors.law.constants;
  assert.ok(Math.abs(eta - 1.046) < 0.02 && Math.abs(rest_w - 99.9) < 2);
  assert.ok(bench!.predictors.predictors.law['constants/sd'].eta > 0);
  await documentOf(0, ...write); // the same again is no change
  writeFileSync('box.yaml', '# mine\n');
  const refused = await runProgram('calibrate', ...write);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /box\.yaml is there with other content/);
  assert.is(readFileSync('box.yaml', 'utf8'), '# mine\n');
  await documentOf(0, ...write, '--force');
  assert.equal(parse(readFileSync('box.yaml', 'utf8')), bench);
});

test('a name alone puts it where predict looks for benches', async () => {
  const { file, bench } = await documentOf(0, '--from', 'box.csv', ...map, '--name', 'our-box');
  assert.is(file, 'data/benches/our-box.yaml');
  assert.is(bench!.name, 'our-box');
  assert.ok(existsSync('data/benches/our-box.yaml'));
  assert.is(
    bench!.predictors.made_by,
    'pipeline calibrate --from box.csv --map wall_w=meter,gpu_w=nvml,group=model --name our-box',
  );
});

test('a refusal ends with 3, the figures and every reason, and writes nothing', async () => {
  const argv = ['--from', 'flat.csv', ...map, '--output', 'flat.yaml'];
  const { bench, refused, calibration } = await documentOf(3, ...argv);
  assert.is(bench, null);
  assert.is(refused!.length, 2);
  assert.match(refused![0], /does not follow the GPU’s: R² 0\.0/);
  assert.ok(calibration.left_out.mean_pct < 1);
  const { code, stdout, stderr } = await runProgram('calibrate', ...argv);
  assert.is(code, 3);
  assert.match(stdout, /^refused: wall = /);
  assert.match(stderr, /does_not_follow: .*\n {2}eta_zero: /);
  assert.not(existsSync('flat.yaml'));
});

test('arguments that do not belong together', async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [[], /takes a measured run .* or --from FILE/],
    [['--from', 'box.csv'], /--from needs --map/],
    [
      ['--from', 'box.csv', '--map', 'gpu_w=nvml,group=model'],
      /no column for the wall .*\n.*without a meter there is nothing to fit to a table: pipeline calibrate CONFIG fits the GPU’s joules/,
    ],
    [['a.yaml', '--from', 'box.csv', ...map], /not both/],
    [['a.yaml', ...map], /--map belongs to --from/],
    [['--from', 'box.csv', ...map, '--shortest', '-1'], /--shortest -1: expected seconds/],
    [['--from', 'box.csv', ...map, '--output', 'no/box.yaml'], /there is no folder no/],
    [['--from', 'box.csv', ...map, '--output', 'box.csv'], /ends in \.yaml/],
    [['--from', 'box.csv', ...map, '--name', '../box'], /--name \.\.\/box: expected letters/],
  ];
  for (const [argv, message] of cases) {
    const { code, stderr } = await runProgram('calibrate', ...argv);
    assert.is(code, 2, argv.join(' '));
    assert.match(stderr, message);
  }
});

const foreign = needs('foreign');

if (foreign) {
  const rtx = join(foreign, 'rtx5000-training', 'mfu_aggregated_per_config_GPU06.csv');
  const gtx = join(foreign, 'gtx1080-phases', 'variance.csv');

  test('an RTX 5000 bench: two constants hold', async () => {
    const columns = 'wall_w=power_meter_active_power_w_mean,gpu_w=power_draw_watts_mean,group=model_name';
    const { calibration } = await documentOf(0, '--from', rtx, '--map', columns);
    assert.is(calibration.constants, 2);
    assert.ok(calibration.left_out.mean_pct <= 1.2, String(calibration.left_out.mean_pct));
    assert.ok(calibration.ten_rows.p95_pct <= 1.3, String(calibration.ten_rows.p95_pct));
    assert.ok(Math.abs(calibration.idle.error_pct) <= 3);
  });

  const phases = 'wall_j=psu,gpu_j=gpu,time_s=t,group=win';

  test('phases of a GTX 1080 bench: two constants are unfit, the CPU’s makes them fit', async () => {
    const { refused } = await documentOf(3, '--from', gtx, '--map', phases);
    assert.match(refused!.join('\n'), /two constants are 2\d\.\d % off/);
    const { calibration } = await documentOf(0, '--from', gtx, '--map', `${phases},cpu_j=cpu`);
    assert.is(calibration.constants, 3);
    assert.ok(calibration.left_out.mean_pct <= 1.5, String(calibration.left_out.mean_pct));
    assert.ok(calibration.two_constants.left_out.mean_pct > 10);
  });

  test('its GPU-bound phases alone fit well and are refused', async () => {
    const bound = `win IN ('Indexing/EMBEDDING', 'RAG Querries')`;
    const { refused } = await documentOf(3, '--from', gtx, '--map', phases, '--where', bound);
    assert.match(refused!.join('\n'), /too narrow/);
  });
}

test.run();
