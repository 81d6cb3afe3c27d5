/** Table 10: the energy of RoBERTa-base and GPT2 by module. */
import { moduleShares } from './module_shares.js';

export const table10 = moduleShares('table10', 'Table 10: energy by module, RoBERTa-base and GPT2');
