// Small makers of what a storage is given.
import { hashContent } from '@perdure/core'
import type { BlobWrite, CommitResult, CommitUnit, EntityEvent, EntityKey } from '@perdure/core'

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
