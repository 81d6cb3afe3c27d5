/** All of what fuzz.test.ts does a sample of. */
import { Random } from '../../stages/energy/random.js';
import { freshFolder } from '../pipeline/folder.js';
import type { TorturePart, TortureRow } from '../torture_part.js';
import { fuzz } from './fuzz.js';
import { makeFolders } from './good_inputs.js';
import { fuzzLines, lineGrammars } from './meter_lines.js';
import { configurations, documents, manifests, tables, type Target } from './targets.js';

/** Of each kind, shared between its targets. */
const cases: readonly (readonly [readonly Target[], number])[] = [
  [[configurations], 10_000],
  [tables, 10_000],
  [documents, 2_000],
  [manifests, 2_000],
];
const lines = 1_000_000;

export const fuzzing: TorturePart = {
  name: 'fuzz',
  async run(seed, tell) {
    freshFolder();
    makeFolders();
    const rows: TortureRow[] = [];
    for (const [targets, count] of cases) {
      const each = Math.ceil(count / targets.length);
      for (const target of targets) {
        const wrong = await fuzz(target, seed, each);
        rows.push({ what: `damaged input: ${target.name}`, tried: each, wrong });
        tell(target.name);
      }
    }
    const grammars = lineGrammars();
    const each = Math.ceil(lines / grammars.length);
    const wrong = grammars.flatMap((grammar) => fuzzLines(grammar, new Random('lines', grammar.name, seed), each));
    return [
      ...rows,
      { what: 'damaged lines of every meter, log and instrument', tried: each * grammars.length, wrong },
    ];
  },
};
