// Small makers of what a storage is given.
import { hashContent, readOn } from '@perdure/core'
import type {
  BlobWrite,
  CommitResult,
  CommitUnit,
  EntityEvent,
  EntityKey,
  LoadedEntity,
  Storage,
} from '@perdure/core'

/** An entity of the default tenant. */
export function counter(id: string): EntityKey {
  return { tenant: 'default', type: 'Counter', id }
}

/** An event; its id follows from entity, sequence and writer, so that the same call repeats the same event. */
function eventOf(
  entity: EntityKey,
  sequence: number,
  part: Partial<EntityEvent> = {},
  writer = 'w',
): EntityEvent {
  return {
    ...entity,
    sequence,
    eventId: `${writer}-${entity.id}-${sequence}`,
    action: 'Increment',
    from: 'Active',
    to: 'Active',
    params: { amount: 1 },
    effects: [['count', '+', 1]],
    at: 1_780_000_000_000 + sequence,
    specHash: 'spec',
    specVersion: 1,
    ...part,
  }
}

/** What a unit may have beside one plain event. */
export type UnitPart = Partial<Omit<CommitUnit, 'events'>> & {
  readonly count?: number
  readonly event?: Partial<EntityEvent>
  readonly writer?: string
}

/** A unit of `count` plain events after a version. */
export function unitOf(entity: EntityKey, expectedVersion: number, part: UnitPart = {}): CommitUnit {
  const { count = 1, event, writer, ...rest } = part
  return {
    entity,
    expectedVersion,
    events: Array.from({ length: count }, (_, index) =>
      eventOf(entity, expectedVersion + 1 + index, event, writer),
    ),
    status: 'Active',
    blobs: [],
    claims: [],
    releases: [],
    ...rest,
  }
}

/** Content ready to be stored. */
export function blobOf(text: string): BlobWrite {
  const bytes = Buffer.from(JSON.stringify(text))
  return { hash: hashContent(bytes), size: bytes.length, bytes }
}

/** The kinds of results, for comparison. */
export function kindsOf(results: readonly CommitResult[]): readonly string[] {
  return results.map(({ kind }) => kind)
}

/** Something to wait for. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

/** A gate, closed. */
export function gate(): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Loads an entity under the spec "spec", and its tail to the end. */
export async function loadWhole(storage: Storage, entity: EntityKey): Promise<LoadedEntity | undefined> {
  const loaded = await storage.load(entity, { specHash: 'spec' })
  if (loaded === undefined) return undefined
  const { head, snapshot } = loaded
  const tail = [...loaded.tail]
  const first = (tail.at(-1)?.sequence ?? snapshot?.sequence ?? 0) + 1
  const isWhole = await readOn(
    (page) => storage.readPage(entity, page),
    { fromSequence: first, toSequence: head.version },
    (page) => {
      for (const event of page) tail.push(event)
    },
  )
  if (!isWhole) throw new Error('the entity was erased')
  return { ...loaded, tail }
}
