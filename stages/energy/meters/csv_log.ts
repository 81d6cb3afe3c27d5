/** A power log as any table of named columns. */
import { CsvTable, type Quantities, tableOptions, type TableSettings } from './csv_table.js';
import { mains } from './limits.js';
import { logFormat } from './log_format.js';
import { damaged, type Grammar, type Line, other, readingOf } from './reading.js';

export const powerQuantities: Quantities = {
  time: 'time',
  seq: 'plain',
  real_power: 'power',
  voltage: 'voltage',
  current: 'current',
  power_factor: 'plain',
};

class CsvGrammar implements Grammar {
  readonly #table: CsvTable;

  constructor(settings: TableSettings, file: string) {
    this.#table = new CsvTable(powerQuantities, settings, file);
  }

  read(text: string): Line {
    const row = this.#table.read(text);
    if (row === 'header') return other;
    if ('reason' in row) return damaged(row.reason);
    const utc_us = row.number('time');
    if (utc_us === null) return damaged('no stamp');
    return readingOf({
      utc_us,
      seq: row.number('seq'),
      real_power_w: row.number('real_power'),
      voltage_v: row.number('voltage'),
      current_a: row.number('current'),
      power_factor: row.number('power_factor'),
    });
  }
}

const options = tableOptions(powerQuantities);

export const csvLog = logFormat({
  name: 'csv',
  about: 'any table of named columns with their units',
  example: 'time,watts',
  limits: { ...mains, voltage_v: [0, mains.voltage_v[1]] },
  options: {
    ...options,
    columns: options.columns
      .refine((map) => Object.keys(map).some((key) => key.startsWith('time')), 'expected a time among the columns')
      .refine((map) => {
        const has = (name: string) => Object.keys(map).some((key) => key.startsWith(name));
        return has('real_power') || (has('voltage') && has('current'));
      }, 'expected real_power, or voltage and current, among the columns'),
  },
  grammar: (settings, file) => new CsvGrammar(settings, file),
});
