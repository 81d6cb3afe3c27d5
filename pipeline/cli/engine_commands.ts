/** The commands of the engine itself, in the order of the help. Adding one is a file beside this and a line here. */
import { check } from './check.js';
import { clean } from './clean.js';
import { completion } from './completion.js';
import { diff } from './diff.js';
import { explain } from './explain.js';
import { graph } from './graph.js';
import { list } from './list.js';
import { query } from './query.js';
import { run } from './run.js';
import { status } from './status.js';
import type { Command } from './command.js';

// prettier-ignore
export const engineCommands: readonly Command[] = [run, status, explain, graph, query, check, diff, list, clean, completion];
