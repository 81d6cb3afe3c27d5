/** Completion for bash, 3.2 and later. */
import type { CompletedCommand, Values } from '../completion_handler.js';

const words = (values: readonly string[]): string => `_pipeline_words $'${values.join('\\n')}'`;

function action(values: Values): string {
  if (values.kind === 'words') return words(values.words);
  return values.kind === 'files' ? `_pipeline_files '${values.ending}'` : ':';
}

const cases = (patterns: readonly (readonly [string, string])[]): string =>
  patterns.map(([pattern, does]) => `    ${pattern}) ${does} ;;`).join('\n');

export function bash(commands: readonly CompletedCommand[]): string {
  const valued = commands.flatMap(({ name, options }) =>
    options.flatMap(({ flag, values }) => (values ? [[`"${name} ${flag}"`, values] as const] : [])),
  );
  const places = commands.flatMap(({ name, positionals }) =>
    positionals.map(({ values }, i) => [`"${name} ${i}"`, action(values)] as const),
  );
  const flags = commands.map(({ name, options }) => [name, words(options.map(({ flag }) => flag))] as const);
  return `# Completion of pipeline for bash: source <(pipeline completion bash)
_pipeline_words() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_pipeline_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -d -- "$current") $(compgen -f -X "!*$1" -- "$current"))
}

_pipeline() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= position=0 expects= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ -n $expects ]]; then expects=
    elif [[ \${COMP_WORDS[i]} == -* ]]; then
      case "$command \${COMP_WORDS[i]}" in
        ${valued.map(([pattern]) => pattern).join(' | ')}) expects="$command \${COMP_WORDS[i]}" ;;
      esac
    elif [[ -z $command ]]; then command=\${COMP_WORDS[i]}
    else position=$((position + 1))
    fi
  done
  if [[ -n $expects ]]; then
    case $expects in
${cases(valued.map(([pattern, values]) => [pattern, action(values)]))}
    esac
  elif [[ $current == -* ]]; then
    case $command in
${cases(flags)}
    esac
  else
    case "$command $position" in
${cases([['" 0"', words(commands.map(({ name }) => name))], ...places])}
    esac
  fi
}
complete -F _pipeline pipeline
`;
}
