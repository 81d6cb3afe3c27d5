/** Completion for fish. */
import type { CompletedCommand, Values } from '../completion_handler.js';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function action(values: Values): string {
  if (values.kind === 'words') return ` -x -a ${quoted(values.words.join(' '))}`;
  return values.kind === 'files' ? ' -r -F' : ' -x';
}

function lines({ name, about, options, positionals }: CompletedCommand): string[] {
  const here = `complete -c pipeline -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `complete -c pipeline -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
    ...options.map(
      ({ flag, about: says, values }) =>
        `${here} -l ${flag.slice(2)}${values ? action(values) : ''} -d ${quoted(says)}`,
    ),
    ...positionals.flatMap(({ values }) => {
      if (values.kind === 'words') return [`${here} -a ${quoted(values.words.join(' '))}`];
      return values.kind === 'files' ? [`${here} -F`] : [];
    }),
  ];
}

export function fish(commands: readonly CompletedCommand[]): string {
  return `# Completion of pipeline for fish: pipeline completion fish | source
complete -c pipeline -f
${commands.flatMap(lines).join('\n')}
`;
}
