// What a campaign is: one kind of fault, brought about again and again under load, and a comparison at the end.
import type { Random } from '@perdure/core'
import type { Compared } from './ledger.ts'

/** What a campaign runs in. */
export interface CampaignContext {
  /** Superuser URL of a running server, for databases of its own. */
  readonly serverUrl: string
  readonly random: Random
  /** Enough once so many faults have been brought about. */
  readonly faults: number
  /** Whether the time is over. */
  readonly isOver: () => boolean
  readonly say: (text: string) => void
}

/** What a campaign came to; it throws when a promise was broken. */
export interface CampaignResult extends Compared {
  readonly faults: number
  /** Counts that tell what was met, by name. */
  readonly notes: Readonly<Record<string, number | string>>
}

/** One campaign. */
export interface Campaign {
  readonly name: string
  /** The fault, in a few words. */
  readonly about: string
  /** Faults in `npm test` and in the soak. */
  readonly short: number
  readonly long: number
  /** Why it cannot be run here, if so. */
  whyNot?(): Promise<string | undefined>
  run(context: CampaignContext): Promise<CampaignResult>
}

/** An integer from `from` to `to`, both included. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random.next() * (to - from + 1))
}

/** One of several. */
export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random.next() * items.length)]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}
