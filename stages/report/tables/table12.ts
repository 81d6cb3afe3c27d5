/** Table 12: the energy of the four other models by module. */
import { moduleShares } from './module_shares.js';

export const table12 = moduleShares('table12', 'Table 12: energy by module, the other models');
