/** Planning with the GPU's clock told: where it is locked, known, or one reading of it is at hand (planned.md 4). */
import { planner } from './planned.js';

export const plannedClock = planner({ clockTold: true });
