/** The figures that hold data, the paper's and those past it, in order. A new one is a file beside this and a line here. */
import type { Figure } from './figure.js';
import { figure1 } from './figure1.js';
import { figure3 } from './figure3.js';
import { figure4 } from './figure4.js';
import { figure5 } from './figure5.js';
import { workloadSize } from './workload_size.js';

export const paperFigures: readonly Figure[] = [figure1, figure3, figure4, figure5];

export const pastFigures: readonly Figure[] = [workloadSize];

export const figures: readonly Figure[] = [...paperFigures, ...pastFigures];
