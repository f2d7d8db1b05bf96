// Registers the replay properties with vitest: one test a property, by its name.
import type { EntitySpec } from '@perdure/core'
import { describe, it } from 'vitest'
import { checkReplayProperty, titleOf } from '../properties/check-replay.ts'
import type { OpenReplayStorage, ReplayOptions } from '../properties/check-replay.ts'
import { replayPropertyList } from '../properties/replay-properties.ts'

/** Generous, for real storages and for shrinking; a storage that hangs is still found out. */
const timeoutMs = 300_000

/**
 * Holds a spec, on this storage, to every replay property: what it means is on each test's name. A property that cannot be
 * tried is listed as skipped, with the reason.
 */
export function replayProperties(
  specs: EntitySpec | readonly EntitySpec[],
  openStorage: OpenReplayStorage,
  options: ReplayOptions = {},
): void {
  const all = 'states' in specs ? [specs] : specs
  describe(`replay of ${all.map(({ name }) => name).join(', ')}`, () => {
    for (const property of replayPropertyList) {
      if (options.only?.includes(property.number) === false) continue
      it(titleOf(property), { timeout: timeoutMs }, async (context) => {
        const outcome = await checkReplayProperty(property, specs, openStorage, options)
        if (outcome.kind === 'fails') throw outcome.error
        if (outcome.kind === 'skipped') context.skip(outcome.reason)
      })
    }
  })
}
