/** The toy program with `export` among its commands: `node dist/test/crash/export_program.js export toy.yaml`. */
import { load } from '../../pipeline/load.js';

await load(async () => {
  const [toy, { exportCommand }] = await Promise.all([
    import('../pipeline/toy_door.js'),
    import('../../stages/commands/export.js'),
  ]);
  return { ...toy, commands: [...toy.commands, exportCommand] };
});
