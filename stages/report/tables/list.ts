/** The tables in order, the paper's and those past it. A new one is a file beside this and a line here. */
import type { Output } from '../output.js';
import { byType } from './by_type.js';
import { calibrationSize } from './calibration_size.js';
import { coverage } from './coverage.js';
import { latency } from './latency.js';
import { modules } from './modules.js';
import { settingsTable } from './settings.js';
import { splitsTable } from './splits.js';
import { spread } from './spread.js';
import { whatIfTable } from './what_if.js';
import { worstCases } from './worst_cases.js';
import { table1 } from './table1.js';
import { table10 } from './table10.js';
import { table11 } from './table11.js';
import { table12 } from './table12.js';
import { table2 } from './table2.js';
import { table3 } from './table3.js';
import { table4 } from './table4.js';
import { table5 } from './table5.js';
import { table6 } from './table6.js';
import { table7 } from './table7.js';
import { table8 } from './table8.js';
import { table9 } from './table9.js';

export const paperTables: readonly Output[] = [
  table1,
  table2,
  table3,
  table4,
  table5,
  table6,
  table7,
  table8,
  table9,
  table10,
  table11,
  table12,
];

export const pastTables: readonly Output[] = [
  settingsTable,
  splitsTable,
  coverage,
  modules,
  spread,
  byType,
  latency,
  worstCases,
  calibrationSize,
  whatIfTable,
];

export const tables: readonly Output[] = [...paperTables, ...pastTables];
