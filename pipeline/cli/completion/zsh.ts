/** Completion for zsh, sourced or as a file `_pipeline` of `fpath`. */
import type { CompletedCommand, Values } from '../completion_handler.js';

/** Inside single quotes; brackets and colons divide the parts of a description. */
const escaped = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, (c) => `\\${c}`);

function action(values: Values): string {
  if (values.kind === 'words') return `(${values.words.join(' ')})`;
  if (values.kind === 'any') return ' ';
  return values.ending ? `_files -g "*${values.ending}"` : '_files';
}

function argumentsOf({ options, positionals }: CompletedCommand): string {
  return [
    ...options.map(({ flag, about, values }) => {
      const value = values ? `:${flag.slice(2)}:${action(values)}` : '';
      return `'${flag}[${escaped(about)}]${value}'`;
    }),
    ...positionals.map(({ name, values }, i) => `'${i + 1}:${name}:${action(values)}'`),
  ].join(' \\\n        ');
}

export function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef pipeline
# Completion of pipeline for zsh: source <(pipeline completion zsh)
_pipeline() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    '${name}:${escaped(about)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  (( CURRENT-- ))
  shift words
  case $command in
${commands.map((command) => `    ${command.name})\n      _arguments \\\n        ${argumentsOf(command)} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _pipeline ]]; then _pipeline "$@"; else compdef _pipeline pipeline; fi
`;
}
