// What was asked and answered in one campaign, in all its processes, and the comparison with what is stored.
import type { Clock, EntityEvent, Storage } from '@perdure/core'
import { checkCrashes } from '../../packages/testkit/src/crash/check-crashes.ts'
import type { Said } from '../../packages/testkit/src/crash/check-crashes.ts'
import type { LoadLog } from './load.ts'
import { commandOf, keyOf, numberOf, soakSpec } from './soak-spec.ts'

/** What the comparison counted. */
export interface Compared {
  readonly tried: number
  readonly acknowledged: number
  readonly events: number
}

/** Everything that was said. */
export class Ledger {
  readonly said: Said = { tried: new Map(), acknowledged: new Map(), refused: new Set() }
  readonly refusals = new Map<string, number>()
  #next = 0

  /** A new command's number. */
  readonly next = (): number => this.#next++

  /** Numbers that were tried and not answered. */
  get doubtful(): readonly number[] {
    const { tried, acknowledged, refused } = this.said
    return [...tried.keys()].filter((id) => !acknowledged.has(id) && !refused.has(id)).map(numberOf)
  }

  /** The log of one life. Of what was asked more than once the order says nothing. */
  logOf(life: number): LoadLog {
    const { tried, acknowledged, refused } = this.said
    return {
      tried: (id) => {
        if (!tried.has(id)) tried.set(id, { life, order: tried.size })
        this.#next = Math.max(this.#next, numberOf(id) + 1)
      },
      acknowledged: (id, sequence, wasDoubtful) => {
        if (!acknowledged.has(id)) acknowledged.set(id, { sequence, life: wasDoubtful ? -1 : life })
      },
      refused: (id, code) => {
        refused.add(id)
        this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1)
      },
    }
  }

  /**
   * acknowledged ⊆ stored ⊆ tried, each once and as it was asked, sequences contiguous, order kept, every state what an
   * independent fold makes of the events, every reference resolves, positions dense. @throws Violation
   */
  async compare(storage: Storage, entities = 20, clock?: Clock): Promise<Compared> {
    const { said } = this
    const evidence = { said, storage, specs: [soakSpec], tenant: 'default', ...(clock && { clock }) }
    const { tried, acknowledged, events } = await checkCrashes(evidence)
    for (let index = 0; index < entities; index++) {
      const key = { tenant: 'default', type: 'Shelf', id: `shelf-${index}` }
      for (const event of await storage.readEvents(key)) expectAsAsked(event, entities)
    }
    // Positions are unique by index: as many as the highest one are all of them from 1.
    const { events: counted, lastPosition } = await storage.stats()
    if (counted !== events || lastPosition !== BigInt(events))
      throw new Error(
        `${events} events were read, ${counted} counted, and the last position is ${lastPosition}`,
      )
    const verified = await storage.verify()
    if (verified.findings.length > 0) throw new Error(`verify found ${JSON.stringify(verified.findings)}`)
    if (said.refused.size > 0) throw new Error(`commands were refused: ${JSON.stringify([...this.refusals])}`)
    return { tried, acknowledged, events }
  }
}

function expectAsAsked(event: EntityEvent, entities: number): void {
  const { correlationId } = event
  if (correlationId === undefined) return
  const asked = commandOf(numberOf(correlationId), entities)
  const names = [...Object.keys(event.params), ...Object.keys(event.paramRefs ?? {})]
  const isAsAsked =
    event.id === asked.entity &&
    event.action === asked.action &&
    event.idempotencyKey === keyOf(numberOf(correlationId)) &&
    String(names) === String(Object.keys(asked.params))
  if (!isAsAsked)
    throw new Error(`${correlationId} is stored as ${event.action} of ${event.id} with ${names.join()}`)
}
