/** What ours reach on whole models that were held out, never without its condition. */
import type { Methods } from '../methods.js';
import { oursInText } from '../notes.js';
import { representatives } from '../settings.js';
import { isCompared } from '../table_json.js';

/** `0.44 %`; null where the run has no such predictor, or it diverges. */
export function errorText(methods: Methods, predictor: string): string | null {
  const method = methods.find(predictor);
  const cell = method ? methods.cell(method, { level: 'model' }) : null;
  return isCompared(cell) && cell.ours !== null ? `${oursInText(cell)} %` : null;
}

/** With everything known and with nothing: `with … known (S1) 0.44 %, from … alone (S3) 0.83 %`; empty without either. */
export function reached(methods: Methods): string {
  const parts = [
    { predictor: representatives.profiled, when: 'with each node’s latency and GPU energy known (S1)' },
    { predictor: representatives.planned, when: 'from its specification alone (S3)' },
  ];
  return parts
    .map(({ predictor, when }) => ({ when, error: errorText(methods, predictor) }))
    .flatMap(({ when, error }) => (error === null ? [] : [`${when} ${error}`]))
    .join(', ');
}
