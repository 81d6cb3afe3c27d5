/** `pipeline calibrate CONFIG`: every predictor of the product, fitted on a measured run with nothing held out. */
import type { Door } from '../../pipeline/cli/command.js';
import { UnavailableError } from '../../pipeline/errors.js';
import type { Terminal } from '../../pipeline/terminal.js';
import type { CalibrateArgs } from './calibrate.js';

export async function calibrateRun(
  args: CalibrateArgs & { readonly config: string },
  _: Terminal,
  __: Door,
): Promise<void> {
  throw new UnavailableError(`${args.config}: a run cannot be calibrated yet`);
}
