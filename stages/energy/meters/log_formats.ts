/** Every format of other people's power logs: a file and a line each. */
import { csvLog } from './csv_log.js';
import { emonhub } from './emonhub.js';
import type { LogFormat } from './log_format.js';
import { ptdaemon } from './ptdaemon.js';
import { wattsup } from './wattsup.js';

const formats: readonly LogFormat[] = [
  wattsup, //
  emonhub,
  ptdaemon,
  csvLog,
];

export const logFormats: Readonly<Record<string, LogFormat>> = Object.fromEntries(formats.map((format) => [format.name, format])); // prettier-ignore
