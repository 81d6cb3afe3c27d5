/** What every table and figure of the report is: a value with what it reads and how it is built. */
import type { Database } from '../../pipeline/database.js';
import type { Source } from '../../pipeline/stage.js';
import { originOf, type Origin } from '../energy/benches/origin.js';
import { Errors } from './errors_lookup.js';
import { Methods } from './methods.js';
import { paperMachineOf, type PaperMachine } from './machine.js';
import { readPaper, type PaperValues } from './paper.js';
import type { TableBody, TableData } from './table_json.js';

export type Dataset =
  'nodes' | 'features' | 'predictions' | 'errors' | 'measurements' | 'clock' | 'findings' | 'session';

/** The workload whose joules the page names. */
export interface Workload {
  readonly batch_size: number;
  readonly length: number;
}

/** Report's settings that outputs print. */
export interface Settings {
  readonly price_usd_per_kwh: number;
  readonly workload: Workload;
}

export interface ReportContext {
  readonly database: Database;
  readonly source: Source;
  /** How its values came about; printed wherever another run’s would be measured. */
  readonly origin: Origin;
  /** The paper's machine that this run is of, or null. */
  readonly machine: PaperMachine | null;
  readonly priceUsdPerKwh: number;
  readonly workload: Workload;
  readonly paper: (id: string) => Promise<PaperValues>;
  /** Read once, however many tables ask. */
  readonly errors: () => Promise<Errors>;
  /** Likewise: the errors on every split, of every predictor. */
  readonly methods: () => Promise<Methods>;
}

export interface Output {
  readonly id: string;
  readonly title: string;
  /** A function where it names how the values came about. */
  readonly caption: string | ((origin: Origin) => string);
  readonly reads: readonly Dataset[];
  /** Files of data/paper, by id. */
  readonly paper: readonly string[];
  /** The settings that it prints; when others change it stays as it is. */
  readonly settings?: readonly (keyof Settings)[];
  /** Other files that it rests on, relative to the package. */
  readonly files?: () => readonly string[];
  readonly build: (context: ReportContext) => Promise<TableBody>;
}

export const captionOf = ({ caption }: Output, { origin }: ReportContext): string =>
  typeof caption === 'string' ? caption : caption(origin);

export async function tableData(output: Output, context: ReportContext): Promise<TableData> {
  const { id, title } = output;
  return {
    id,
    title,
    caption: captionOf(output, context),
    source: context.source.label,
    ...(await output.build(context)),
  };
}

/** `settings` are those that the output declares: it reads no others. */
export function openReport(database: Database, source: Source, settings: Partial<Settings>): ReportContext {
  let errors: Promise<Errors> | undefined;
  let methods: Promise<Methods> | undefined;
  const papers = new Map<string, Promise<PaperValues>>();
  return {
    database,
    source,
    get origin() {
      return originOf(source);
    },
    machine: paperMachineOf(source),
    get priceUsdPerKwh() {
      return declared(settings, 'price_usd_per_kwh');
    },
    get workload() {
      return declared(settings, 'workload');
    },
    errors: () => (errors ??= Errors.read(database)),
    methods: () => (methods ??= Methods.read(database)),
    paper(id) {
      if (!papers.has(id)) papers.set(id, readPaper(id));
      return papers.get(id)!;
    },
  };
}

function declared<Name extends keyof Settings>(settings: Partial<Settings>, name: Name): Settings[Name] {
  if (!(name in settings)) throw new Error(`report: an output reads ${name}, which is not among its settings`);
  return settings[name]!;
}
