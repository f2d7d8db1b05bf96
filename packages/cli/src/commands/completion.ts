import { Argument } from 'commander'
import type { Command } from 'commander'
import type { Shell } from '../completion/completion-command.ts'
import { examples } from './command-context.ts'
import type { CommandContext } from './command-context.ts'

/** Adds `perdure completion`. */
export function addCompletion(program: Command, { io, run }: CommandContext): void {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script with which a shell completes the commands and options of perdure.')
    .addArgument(new Argument('<shell>', 'for which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples([
        ['echo \'eval "$(perdure completion bash)"\' >> ~/.bashrc', 'bash'],
        ['echo \'eval "$(perdure completion zsh)"\' >> ~/.zshrc', 'zsh, after compinit'],
        ['perdure completion fish > ~/.config/fish/completions/perdure.fish', 'fish'],
      ]),
    )
    .action((shell: Shell) =>
      run(async () =>
        (await import('../completion/completion-command.ts')).runCompletion(io, program, shell),
      ),
    )
}
