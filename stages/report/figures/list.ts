/** The paper's figures that hold data, in order. A new one is a file beside this and a line here. */
import type { Figure } from './figure.js';
import { figure1 } from './figure1.js';
import { figure3 } from './figure3.js';
import { figure4 } from './figure4.js';
import { figure5 } from './figure5.js';

export const figures: readonly Figure[] = [figure1, figure3, figure4, figure5];
