import type { CompletedCommand, CompletedOption } from './describe-program.ts'

/** A completion script for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const groups = commands.filter((command) => command.commands.length > 0)
  const lines = commands.flatMap((command) => [
    `complete -c perdure -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
    ...linesOf(command, after(command, groups)),
    ...command.commands.flatMap((inner) => linesOf(inner, `${seen(command)}; and ${seen(inner)}`)),
  ])
  return `# perdure completion for fish: perdure completion fish | source\n${lines.join('\n')}\n`
}

/** What a command completes where a condition holds. */
function linesOf(
  { options, choices, takesFiles, commands }: CompletedCommand,
  condition: string,
): readonly string[] {
  const complete = `complete -c perdure -n ${quote(condition)}`
  return [
    ...(takesFiles ? [] : [`${complete} -f`]),
    ...choices.map((choice) => `${complete} -f -a ${choice}`),
    ...commands.map(({ name, summary }) => `${complete} -f -a ${name} -d ${quote(summary)}`),
    ...options.map((option) => `${complete} ${flags(option)}`),
  ]
}

/** Behind a command of the program; a group may have one of the same name, and gives way to its own commands. */
function after(command: CompletedCommand, groups: readonly CompletedCommand[]): string {
  const others = groups.filter((group) => group !== command)
  return [seen(command), ...[...others, ...command.commands].map((other) => `not ${seen(other)}`)].join(
    '; and ',
  )
}

function seen({ name }: CompletedCommand): string {
  return `__fish_seen_subcommand_from ${name}`
}

function flags({ long, short, description, takesValue, choices }: CompletedOption): string {
  return [
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(choices.length > 0 ? [`-x -a ${quote(choices.join(' '))}`] : takesValue ? ['-r'] : []),
    `-d ${quote(description)}`,
  ].join(' ')
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
}
