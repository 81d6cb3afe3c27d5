/**
 * End2End, the paper's IrEne: α(c) is learned from the loss of every node above c, through the whole tree (paper,
 * section 4.2; METHODS 2).
 */
import { learnedSum } from './up_the_tree.js';

export const end2end = learnedSum('end2end');
