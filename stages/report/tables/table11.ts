/** Table 11: the software measurement's errors at module level, which cannot be had from the released data. */
import { label, paperModels, titleOf } from '../names.js';
import type { Output } from '../output.js';
import { paperNumber, statement } from '../paper.js';
import { compared } from '../table_json.js';

export const table11: Output = {
  id: 'table11',
  title: 'Table 11: errors of the software measurement at module level',
  caption: 'Mean error of the energies estimated as Strubell et al. (2019) do, at module level.',
  reads: [],
  paper: ['table11'],
  async build(context) {
    const paper = await context.paper('table11');
    const where = { machine: 'PC1' };
    const columns = [...paperModels, 'average'];
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        ...columns.map((name) => ({
          name,
          title: name === 'average' ? 'Average' : titleOf(name),
          unit: '%',
          decimals: 2,
        })),
      ],
      rows: [
        {
          machine: label('PC1'),
          ...Object.fromEntries(columns.map((name) => [name, compared(paperNumber(paper, where, name), null)])),
        },
      ],
      notes: [
        'None of ours: the method adds the energies of CPU, memory and GPU by their shares, and those of CPU and memory (RAPL) were not released. Their formula is in stages/energy/software_measurement.ts for benches that log them.',
        `Appendix B names batch size ${statement(paper, 'batch_size_outside_grid')}, which is not in the grid (8, 16, 24, 32).`,
      ],
    };
  },
};
