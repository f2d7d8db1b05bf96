// Every replay property by its number, those too that nothing can be tried on yet.
import { blobProperties } from './blob-properties.ts'
import { ceilingProperties } from './ceiling-properties.ts'
import { liveProperties } from './live-properties.ts'
import { orderProperties } from './order-properties.ts'
import type { ReplayProperty } from './replay-property.ts'
import { snapshotProperties } from './snapshot-properties.ts'
import { upcastProperties } from './upcast-properties.ts'

/** A property of something that this version does not do; listed, so that nobody takes silence for proof. */
function notYet(number: number, name: string, reason: string): ReplayProperty {
  return { number, name, reasonNotTo: () => reason, check: async () => {} }
}

const missing: readonly ReplayProperty[] = [
  notYet(
    22,
    'retention: truncating behind a snapshot changes no state',
    'events are never deleted, and nothing truncates them',
  ),
]

/** All properties, in the order of their numbers. */
export const replayPropertyList: readonly ReplayProperty[] = [
  ...liveProperties,
  ...snapshotProperties,
  ...orderProperties,
  ...blobProperties,
  ...ceilingProperties,
  ...upcastProperties,
  ...missing,
].sort((left, right) => left.number - right.number)
