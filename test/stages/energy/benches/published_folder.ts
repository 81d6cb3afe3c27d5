/** A folder of published files for one small model and one workload, written by the tree's own counts. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partOf } from '../../../../stages/energy/benches/cells.js';
import { publishedFiles } from '../../../../stages/energy/benches/published_files.js';
import { allParts } from '../../../../stages/energy/benches/bench.js';
import { buildTree } from '../../../../stages/energy/tree/build.js';
import { Library } from '../../../../stages/energy/tree/library.js';

export const smallModel = 'google/bert_uncased_L-2_H-128_A-2';

const header = 'batch_size,seq_len,flops,mem_bytes,cpu,mem,gpu,gpu_mem,gpu_clk,gpu_mem_clk,times_mean,gpu_energy_mean,energy_mean,level_name,model_name'; // prettier-ignore

/**
 * Writes the four files below a new folder, for batch size 8 and length 32, with energies that follow from the counts.
 * Every row also stands there for a model that is in no configuration.
 */
export function publishedFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'published-')), 'device_1');
  mkdirSync(folder);
  const tree = buildTree(new Library().model(smallModel), { batchSize: 8, length: 32 });
  for (const part of allParts) {
    const nodes = tree.filter(({ level, type }) => partOf(level, type) === part);
    const rows = nodes.flatMap(({ flops, memBytes, level, path, type }) => {
      const energy = 1e-3 + memBytes * 1e-9;
      const name = level === 'model' ? smallModel : `${path}:${type}`;
      const numbers = `8.0,32,${flops / 1e6},${memBytes / 2 ** 20},8.5,10.0,90.0,17.5,1911.0,3802.0,${energy / 200},${energy / 2},${energy}`;
      return [`${numbers},${name},${smallModel}`, `${numbers},${name},sshleifer/tiny-ctrl`];
    });
    writeFileSync(join(folder, publishedFiles[part]), `${[header, ...rows].join('\n')}\n`);
  }
  return folder;
}

/** Changes the text of one line (counted from 1) of a file, or drops it where the edit gives null. */
export function editLine(path: string, line: number, edit: (text: string) => string | null): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  const text = edit(lines[line - 1]);
  lines.splice(line - 1, 1, ...(text === null ? [] : [text]));
  writeFileSync(path, lines.join('\n'));
}
