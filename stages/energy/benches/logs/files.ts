/** The files of a bench of logs, and its settings as a source carries them. */
import type { FileInput, Source } from '../../../../pipeline/stage.js';
import type { LogsSettings } from './settings.js';

export const logFiles = ({ runs, power, resources }: LogsSettings): FileInput[] => [
  { name: 'runs', path: runs.file },
  { name: 'power', path: power.file },
  ...(resources ? [{ name: 'resources', path: resources.file }] : []),
];

export const logsOf = ({ about }: Source): LogsSettings => about.logs as LogsSettings;
