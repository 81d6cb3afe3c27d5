/** Children (S1b): a node from its measured children and from what it runs itself (METHODS 3). */
import { composer } from './composition.js';

export const children = composer('children');
