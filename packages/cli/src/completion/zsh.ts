import type { CompletedCommand, CompletedOption } from './describe-program.ts'

/** A completion script for zsh, to be evaluated, or kept as \`_perdure\` in a folder of \`fpath\`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef perdure
# perdure completion for zsh: eval "$(perdure completion zsh)"
_perdure() {
  local -a commands
  commands=(
${listOf(commands)}    'help:show help for a command'
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  (( CURRENT-- ))
  shift words
  case $command in
${commands.map(caseOf).join('\n')}
    help) _describe 'command' commands ;;
  esac
}
if [ "$funcstack[1]" = "_perdure" ]; then
  _perdure "$@"
else
  compdef _perdure perdure
fi
`
}

function listOf(commands: readonly CompletedCommand[]): string {
  return commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}\n`).join('')
}

function caseOf(command: CompletedCommand): string {
  const { name, options, choices, takesFiles, commands } = command
  if (commands.length > 0) return groupOf(command)
  const rest = takesFiles
    ? [`'*:file:_files'`]
    : choices.length > 0
      ? [`'1:choice:(${choices.join(' ')})'`]
      : []
  const specs = [...options.map(specOf), ...rest]
  return `    ${name})\n      _arguments ${specs.join(' \\\n        ')} ;;`
}

/** A group completes its commands first, then what follows the one that was typed. */
function groupOf({ name, commands }: CompletedCommand): string {
  return `    ${name})
  commands=(
${listOf(commands)}  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  command=$words[2]
  (( CURRENT-- ))
  shift words
  case $command in
${commands.map(caseOf).join('\n')}
  esac ;;`
}

function specOf({ long, short, description, takesValue, choices }: CompletedOption): string {
  const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : ''
  const spec = quote(`[${description.replaceAll(/[[\]\\]/g, '')}]${value}`)
  return short === undefined ? `${long}${spec}` : `'(${short} ${long})'{${short},${long}}${spec}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
