import type { CompletedCommand, CompletedOption } from './describe-program.ts'

/** A completion script for bash. Where it has nothing to offer, bash offers files. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  return `# perdure completion for bash: eval "$(perdure completion bash)"
_perdure() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names} help --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(caseOf).join('\n')}
      help) words="${names}" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _perdure perdure
`
}

function caseOf({ name, options, choices, commands }: CompletedCommand): string {
  const words = [...choices, ...options.map(({ long }) => long)].join(' ')
  if (commands.length > 0) return groupOf(name, commands, words)
  const withValues = options.filter(({ takesValue }) => takesValue)
  const values = withValues.map(
    (option) => `          ${flagsOf(option).join('|')}) words="${option.choices.join(' ')}" ;;\n`,
  )
  return `      ${name})
        case "$previous" in
${values.join('')}          *) words="${words}" ;;
        esac ;;`
}

/** A group completes its commands first, then what follows the one that was typed. */
function groupOf(name: string, commands: readonly CompletedCommand[], words: string): string {
  const names = commands.map((command) => command.name).join(' ')
  return `      ${name})
        if [ "$COMP_CWORD" -eq 2 ]; then
          words="${names} ${words}"
        else
          case "\${COMP_WORDS[2]}" in
${commands.map(caseOf).join('\n')}
          esac
        fi ;;`
}

function flagsOf({ long, short }: CompletedOption): readonly string[] {
  return short === undefined ? [long] : [short, long]
}
