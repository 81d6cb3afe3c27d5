/** The program on the toy registry as a process of its own: `node dist/test/pipeline/toy_program.js run toy.yaml`. */
import { load } from '../../pipeline/load.js';

await load(() => import('./toy_door.js'));
