/** `pipeline completion`: what a shell needs to complete this program's command lines. */
import type { Command } from './command.js';

export const shells = ['bash', 'zsh', 'fish'] as const;

export interface CompletionArgs {
  readonly shell: (typeof shells)[number];
}

export const completion: Command<CompletionArgs> = {
  usage: 'completion <shell>',
  about: 'A script that makes bash, zsh or fish complete commands, options and their values.',
  example: 'source <(pipeline completion bash)',
  positionals: { shell: { choices: shells, describe: 'the shell', demandOption: true } },
  handler: async (args, terminal, door) => (await import('./completion_handler.js')).handle(args, terminal, door),
};
