/** The commands for people with a model or a meter, in the order of the help. Adding one is a file and a line here. */
import type { Command } from '../../pipeline/cli/command.js';
import { calibrate } from './calibrate.js';
import { compare } from './compare.js';
import { doctor } from './doctor.js';
import { exportCommand } from './export.js';
import { init } from './init.js';
import { predict } from './predict.js';
import { record } from './record.js';
import { whatIf } from './what_if.js';

export const commands: readonly Command[] = [predict, compare, whatIf, calibrate, init, doctor, record, exportCommand];
