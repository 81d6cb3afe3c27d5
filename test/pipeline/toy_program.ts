/** The program on the toy registry as a process of its own: `node dist/test/pipeline/toy_program.js run toy.yaml`. */
import { start } from '../../pipeline/cli/start.js';
import * as toy from './toy_door.js';

await start(toy);
