// Snapshots change how long a replay takes, and nothing else.
import { decodeSnapshot, encodeSnapshot, formatEntityKey } from '@perdure/core'
import type { EntityKey, LoadedEntity, SnapshotRecord } from '@perdure/core'
import { carryOut } from './carry-out.ts'
import { overridden, stateOf } from './live-properties.ts'
import type { ReplayProperty } from './replay-property.ts'
import type { Stage } from './stage.ts'
import { demand, demandSame } from './violation.ts'

const snapshotAndTail: ReplayProperty = {
  number: 15,
  name: 'snapshot + tail = full: from a snapshot at any version, the rest of the events leads to the same state',
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    for (const entity of entities) {
      const events = await stage.eventsOf(entity)
      const final = stage.fold(entity.type, events).state
      for (let version = 1; version <= events.length; version++) {
        const { state } = stage.fold(entity.type, events.slice(0, version))
        const record = encodeSnapshot(identityOf(stage, entity), state)
        const seen = await replayFrom(stage, entity, (loaded) => ({
          head: loaded.head,
          snapshot: record,
          tail: events.slice(version),
        }))
        demandSame({ ...seen }, final, `${formatEntityKey(entity)} from a snapshot at ${version}`)
      }
    }
  },
}

const neverAhead: ReplayProperty = {
  number: 16,
  name: 'snapshot never ahead: a stored snapshot is of a stored version, is right, and can be damaged without harm',
  runs: { hostActions: ['snapshot', 'crash', 'restart', 'passivate'] },
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    for (const entity of entities) await checkSnapshot(stage, entity, run.schedule)
  },
}

async function checkSnapshot(stage: Stage, entity: EntityKey, chance: number): Promise<void> {
  const { specHash } = stage.model(entity.type)
  const loaded = await stage.storage.load(entity, { specHash })
  if (loaded?.snapshot === undefined) return
  const { snapshot, head } = loaded
  const name = formatEntityKey(entity)
  const events = await stage.eventsOf(entity)
  demand(
    snapshot.sequence <= events.length,
    `${name} has a snapshot at ${snapshot.sequence}, ahead of its log`,
  )
  demandSame(head.version, events.length, `${name}: the version of its head`)
  const decoded = decodeSnapshot(identityOf(stage, entity), snapshot)
  demand(decoded.kind === 'state', `${name} has a snapshot that cannot be read`)
  const { state } = stage.fold(entity.type, events.slice(0, snapshot.sequence))
  demandSame(decoded.state, state, `${name} in its snapshot at ${snapshot.sequence}`)
  const damaged = await replayFrom(stage, entity, (whole) => ({
    ...whole,
    snapshot: damage(snapshot, chance),
  }))
  const final = stage.fold(entity.type, events).state
  demandSame({ ...damaged }, final, `${name} beside a damaged snapshot`)
}

function damage(snapshot: SnapshotRecord, chance: number): SnapshotRecord {
  const bytes = new Uint8Array(snapshot.bytes)
  const at = chance % Math.max(bytes.length, 1)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (chance % 8))
  return { ...snapshot, bytes }
}

function identityOf(stage: Stage, { type }: EntityKey): { readonly type: string; readonly specHash: string } {
  return { type, specHash: stage.model(type).specHash }
}

/** The state of an entity that a fresh host loads in this form. */
function replayFrom(stage: Stage, entity: EntityKey, change: (loaded: LoadedEntity) => LoadedEntity) {
  const storage = overridden(stage.storage, {
    load: async (asked, options) => {
      const loaded = await stage.storage.load(asked, options)
      return loaded && change(loaded)
    },
  })
  return stage.withHost((host) => stateOf(host, entity), { storage })
}

/** Properties of snapshots. */
export const snapshotProperties: readonly ReplayProperty[] = [snapshotAndTail, neverAhead]
