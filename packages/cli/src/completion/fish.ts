import type { CompletedCommand, CompletedOption } from './describe-program.ts'

/** A completion script for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, choices, takesFiles }) => [
    `complete -c perdure -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    ...(takesFiles ? [] : [`complete -c perdure -n ${after(name)} -f`]),
    ...choices.map((choice) => `complete -c perdure -n ${after(name)} -f -a ${choice}`),
    ...options.map((option) => `complete -c perdure -n ${after(name)} ${flags(option)}`),
  ])
  return `# perdure completion for fish: perdure completion fish | source\n${lines.join('\n')}\n`
}

function after(command: string): string {
  return quote(`__fish_seen_subcommand_from ${command}`)
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
