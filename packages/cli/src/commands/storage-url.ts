import type { Command } from 'commander'

/** Adds the options that say which storage is meant. */
export function withStorageUrl(command: Command): Command {
  return command
    .option(
      '--storage <url>',
      'postgres://… or pglite://./directory (default: $PERDURE_STORAGE, $DATABASE_URL, or ./.perdure)',
    )
    .option('--schema <name>', 'the PostgreSQL schema (default: perdure)')
}
