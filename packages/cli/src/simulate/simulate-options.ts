// What `perdure simulate` may be told, and what it does when it is told nothing; the help and the repro line read it too.

/** What to simulate. */
export interface SimulateCommandOptions {
  readonly spec?: readonly string[]
  readonly seeds: number
  readonly seed?: number
  readonly commands: number
  readonly hosts: number
  readonly faults: string
  readonly json?: boolean
}

/** What is not said. */
export const defaults = { seeds: 1000, commands: 40, hosts: 2, faults: 'swarm' } as const
