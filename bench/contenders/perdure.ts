// Perdure through its public API, as an application would use it.
import { createHost } from '@perdure/actors'
import type { EntityRef, Host, HostOptions } from '@perdure/actors'
import type { EntitySpec } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { quantile } from '../harness/statistics.ts'
import type { CounterSystem } from './counter-system.ts'

/** The counter as a spec. @param snapshotEvery - events between snapshots */
export function counterSpec(snapshotEvery: number = 100): EntitySpec {
  return readSpec(`
    [automaton]
    name = "Counter"
    states = ["Open"]
    initial = "Open"
    snapshot_every = ${snapshotEvery}

    [[state]]
    name = "count"
    type = "counter"

    [[action]]
    name = "Add"
    kind = "input"
    params = [{ name = "amount", type = "counter", required = true }, "memo"]
    effect = "count += params.amount"
  `)
}

/** @throws Error when the text is not a spec */
export function readSpec(text: string): EntitySpec {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(issues.map(({ message }) => message).join('\n'))
  return spec
}

/** A host on a database. */
export async function openHost(
  url: string,
  spec: EntitySpec,
  options: Partial<HostOptions> = {},
): Promise<Host> {
  return createHost({ specs: [spec], storage: await openStorage(url), ...options })
}

/** Counters as entities of one host. */
export async function perdureCounters(url: string, counters: number): Promise<CounterSystem> {
  const batches = new BatchTimes()
  const host = await openHost(url, counterSpec(), { probe: (point) => batches.note(point) })
  const refs = await Promise.all(
    Array.from({ length: counters }, (_, counter) => host.spawn('Counter', { id: `counter-${counter}` })),
  )
  return {
    add: (counter, { amount, memo }) => at(refs, counter).ask('Add', { amount, memo }),
    countStored: async () => (await host.stats()).events - counters,
    readCount: async (counter) => {
      const ref = at(refs, counter)
      if (!host.passivate(ref.type, ref.id)) throw new Error(`${ref.id} is busy`)
      return (await ref.state()).counters['count'] ?? 0
    },
    takeFigures: () => batches.take(),
    close: () => host.stop(),
  }
}

function at(refs: readonly EntityRef[], index: number): EntityRef {
  const ref = refs[index]
  if (ref === undefined) throw new RangeError(`there is no counter ${index}`)
  return ref
}

/** How long the commits of a host take, from the points it announces. */
class BatchTimes {
  #startedAt = 0
  #elapsedMs: number[] = []

  note(point: string): void {
    if (point === 'cycle.before_commit') this.#startedAt = performance.now()
    else if (point === 'cycle.after_commit') this.#elapsedMs.push(performance.now() - this.#startedAt)
  }

  take(): Readonly<Record<string, number>> {
    const sorted = Float64Array.from(this.#elapsedMs).sort()
    this.#elapsedMs = []
    return { commits: sorted.length, commitMs: quantile(sorted, 0.5) }
  }
}
