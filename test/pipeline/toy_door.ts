/** What the program is made of when its stages are the toy's. */
export { engineCommands as commands } from '../../pipeline/cli/engine_commands.js';
export { openRegistry } from './toy.js';

export const comparisons = [{ table: 'values', value: 'x' }];
export const lists = [
  {
    name: 'letters',
    about: 'what numbers are made of',
    load: async () => [
      { letter: 'a', sizes: { height: 2, width: 1 } },
      { letter: 'b', sizes: { height: 3 }, note: null },
    ],
  },
];
