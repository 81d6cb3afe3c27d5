/** All of what corruption.test.ts does a sample of: 200 bits of each kind of artefact. */
import { Random } from '../../stages/energy/random.js';
import { freshFolder, pipeline, writeToy } from '../pipeline/folder.js';
import type { TorturePart, TortureRow } from '../torture_part.js';
import { toyArtefacts } from './artefacts.js';
import { checkDetectedAndRepaired } from './detected_and_repaired.js';
import { FolderCopy } from './folder_copy.js';
import { flipOneBit } from './spoil.js';

const flips = 200;

export const corruption: TorturePart = {
  name: 'corruption',
  async run(seed, tell) {
    freshFolder();
    writeToy('run: toy\nmake: { letters: [a, b], count: 50 }\n');
    await pipeline('run', 'toy.yaml');
    const bench = { pipeline, config: 'toy.yaml', copy: new FolderCopy(['data', 'reports']) };
    const rows: TortureRow[] = [];
    for (const artefact of toyArtefacts) {
      const random = new Random('corruption', artefact.kind, seed);
      const wrong: string[] = [];
      for (let i = 0; i < flips; i++) {
        await checkDetectedAndRepaired(bench, artefact, () => flipOneBit(artefact.file, random)).catch(
          (error: Error) => void wrong.push(error.message),
        );
      }
      rows.push({ what: `a flipped bit: ${artefact.kind}`, tried: flips, wrong });
      tell(artefact.kind);
    }
    return rows;
  },
};
