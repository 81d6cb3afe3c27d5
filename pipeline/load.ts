/** Loads the program and starts it; what the system refuses while it loads is told like everything else. */
import type { Door } from './cli/command.js';
import { systemProblem } from './system_problem.js';

/** `door` imports the registry: stages and commands. */
export async function load(door: () => Promise<Door>): Promise<void> {
  let start: (door: Door) => Promise<void>;
  let loaded: Door;
  try {
    ({ start } = await import('./cli/start.js'));
    loaded = await door();
  } catch (error) {
    // Which of the program's own files it was helps nobody.
    if (error instanceof Error && 'path' in error) error.path = undefined;
    const problem = systemProblem(error, 'the program cannot be loaded');
    if (!problem) throw error;
    process.stderr.write(`error: ${problem.message}\n  → ${problem.hint}\n`);
    process.exit(problem.exitCode);
  }
  await start(loaded);
}
