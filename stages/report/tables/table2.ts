/** Table 2: the paper's machines, and what this run's bench states of itself. */
import type { Specification } from '../../energy/benches/machine.js';
import { beyondPaper, label } from '../names.js';
import type { Output, ReportContext } from '../output.js';
import { queryRows } from '../query_rows.js';
import type { TableRow } from '../table_json.js';

/** Memory clocks that the driver tells under CUDA load: the cards' rated 4004 and 5505 MHz less a step each (NVIDIA). */
const memoryClocks = { 'GTX 1070': 3802, 'GTX 1080 Ti': 5005 } as const;

interface Bench {
  bench: string;
  meter: string;
  meter_kind: string;
  meter_period_us: number;
  resource_period_us: number;
  standby_w: number | null;
}

interface Clocks {
  gpu_mhz: number | null;
  memory_mhz: number | null;
}

function stated(bench: Bench | undefined, clocks: Clocks): TableRow[] {
  const row = (key: string, title: string, value: string | null): TableRow => ({
    specification: beyondPaper(key, title),
    PC1: null,
    PC2: null,
    run: value ?? 'not stated',
  });
  const mhz = (value: number | null): string | null =>
    value === null ? null : `${value.toFixed(0)} MHz, median of all nodes`;
  return [
    row('bench', 'Bench', bench?.bench ?? null),
    row('gpu_clk_mhz', 'GPU clock', mhz(clocks.gpu_mhz)),
    row('gpu_mem_clk_mhz', 'GPU memory clock', mhz(clocks.memory_mhz)),
    row(
      'meter',
      'Power meter',
      bench ? `${bench.meter} (${bench.meter_kind}), a line every ${bench.meter_period_us / 1000} ms` : null,
    ),
    row('resources', 'Resource log', bench ? `a sample every ${bench.resource_period_us / 1000} ms` : null),
    row('standby_w', 'Standby', bench?.standby_w == null ? null : `${bench.standby_w.toFixed(1)} W`),
  ];
}

/** What the bench states, under the paper's names. */
const descriptions = ({ cpu, memory, gpu, gpuMemory }: Specification): Readonly<Record<string, string | null>> => ({
  CPU: cpu,
  Memory: memory,
  GPU: gpu,
  'GPU memory': gpuMemory,
});

function labelsNote({ machine, origin }: ReportContext, { memory_mhz }: Clocks): string[] {
  if (machine === null || memory_mhz === null) return [];
  const cards = Object.entries(memoryClocks).map(([card, mhz]) => `${mhz} MHz on a ${card}`);
  const [nearest] = Object.entries(memoryClocks).sort(
    (a, b) => Math.abs(a[1] - memory_mhz) - Math.abs(b[1] - memory_mhz),
  );
  return [
    `The memory’s clock under CUDA load is ${cards.join(', ')}; ${origin}: ${memory_mhz.toFixed(0)} MHz. By clocks and memory the machine that this run calls ${machine} behaves like a ${nearest[0]}: the device labels of the released data may be exchanged.`,
  ];
}

export const table2: Output = {
  id: 'table2',
  title: 'Table 2: machines',
  caption: 'The two machines of the paper, and what the bench of this run states.',
  reads: ['session', 'features'],
  paper: ['table2'],
  async build(context) {
    const [bench] = await queryRows<Bench>(context.database, new URL('./table2.sql', import.meta.url));
    const [clocks] = await queryRows<Clocks>(
      context.database,
      'SELECT median(gpu_clk_mhz) AS gpu_mhz, median(gpu_mem_clk_mhz) AS memory_mhz FROM features',
    );
    const { specificationOf } = await import('../../energy/benches/machine.js');
    const machine = specificationOf(context.source);
    const described = descriptions(machine);
    const paper = (await context.paper('table2')).rows.map((row) => ({
      specification: label(String(row.specification)),
      PC1: row.PC1,
      PC2: row.PC2,
      run: described[row.specification] ?? 'not stated',
    }));
    return {
      columns: [
        { name: 'specification', title: 'Specification', unit: '' },
        { name: 'PC1', title: 'PC1 (paper)', unit: '' },
        { name: 'PC2', title: 'PC2 (paper)', unit: '' },
        { name: 'run', title: 'This run’s bench', unit: '' },
      ],
      rows: [...paper, ...stated(bench, clocks)],
      notes: [
        ...labelsNote(context, clocks),
        ...(machine.assumed ? ['Nothing is known of this run’s machine: PC1’s facts stand in for it.'] : []),
      ],
    };
  },
};
