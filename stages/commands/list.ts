/** The commands for people with a model or a meter, in the order of the help. Adding one is a file and a line here. */
import type { Command } from '../../pipeline/cli/command.js';
import { calibrate } from './calibrate.js';
import { predict } from './predict.js';

export const commands: readonly Command[] = [predict, calibrate];
