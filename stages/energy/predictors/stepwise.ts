/**
 * StepWise: α(c) is learned at c's parent alone, from the children's measured energies; prediction goes up the tree as
 * End2End does (paper, equation 5).
 */
import { learnedSum } from './up_the_tree.js';

export const stepwise = learnedSum('stepwise');
