// Carries a run out on a stage, step by step, and notes what was seen on the way. The storage is trusted to work; what it
// does when it does not is for the simulation.
import type { Host } from '@perdure/actors'
import { encodeSnapshot, evolve, unborn } from '@perdure/core'
import type { EntityKey } from '@perdure/core'
import { isCommand } from '../arbitraries/run-step.ts'
import type { HostAction, RunCommand, RunStep } from '../arbitraries/run-step.ts'
import { faultPlan } from '../faulty-storage/fault-plan.ts'
import { faultyStorage } from '../faulty-storage/faulty-storage.ts'
import type { FaultyStorage } from '../faulty-storage/faulty-storage.ts'
import { performCommand } from './perform-command.ts'
import type { CommandOutcome } from './perform-command.ts'
import { Places } from './places.ts'
import type { Stage } from './stage.ts'
import { Violation } from './violation.ts'

/** One command and what became of it. */
interface Performed {
  readonly command: RunCommand
  readonly entity: EntityKey
  /** Absent when its host died first. */
  readonly outcome?: CommandOutcome
}

/** What was seen of a run. */
export interface Observed {
  readonly performed: readonly Performed[]
  readonly entities: readonly EntityKey[]
}

/** How a run is carried out. */
export interface CarryOutOptions {
  /** Wait for every command, whatever its step says; or for none. */
  readonly awaiting?: 'all' | 'none'
  /** A place whose entity has ended stays with it, so that nothing depends on when that was noticed. */
  readonly keepsPlaces?: boolean
  /** Called whenever nothing is on its way: after each step that waited. */
  readonly atRest?: (performed: Performed | undefined, places: Places) => Promise<void>
}

/** A host that can die. */
interface Mortal {
  readonly host: Host
  readonly storage: FaultyStorage
}

/** Carries out the steps on one host, which is started for it and stopped afterwards. @throws Violation for answers that are none */
export async function carryOut(
  stage: Stage,
  steps: readonly RunStep[],
  options: CarryOutOptions = {},
): Promise<Observed> {
  const places = new Places(stage.tenant, stage.specs)
  const performed: Performed[] = []
  let mortal = await startMortal(stage)
  let onTheirWay: Promise<unknown>[] = []

  const settle = async (): Promise<void> => {
    await Promise.all(onTheirWay)
    onTheirWay = []
  }
  const command = (step: RunCommand, entity: EntityKey): Promise<Performed> => {
    const index = performed.length
    performed.push({ command: step, entity })
    const { host } = mortal
    const answered = performCommand(host, entity, step, `c${index}`).then((outcome) => {
      const done = { command: step, entity, outcome }
      performed[index] = done
      if (outcome.kind === 'broken') throw brokenAnswer(step, outcome.error)
      const isSeen = options.keepsPlaces !== true && outcome.kind === 'acked'
      if (isSeen && outcome.state !== undefined) places.saw(step, outcome.state)
      return done
    })
    // It is awaited later, or its host dies first; a violation is heard in either case but the second.
    answered.catch(() => {})
    onTheirWay.push(answered)
    return answered
  }

  /** Nothing is on its way, nor anything that is written behind the commits: snapshots, healed claims. */
  const rest = async (done?: Performed): Promise<void> => {
    if (options.atRest === undefined) return
    await mortal.host.flush()
    await options.atRest(done, places)
  }

  const ask = async (step: RunCommand): Promise<void> => {
    const done = command(step, places.entityOf(step))
    const isAwaited = options.awaiting === undefined ? step.isAwaited : options.awaiting === 'all'
    if (!isAwaited) return
    await settle()
    await rest(await done)
  }

  try {
    for (const step of steps) {
      if (!isCommand(step)) {
        if (step.kind === 'crash') {
          mortal.storage.die()
          onTheirWay = []
          mortal = await startMortal(stage)
        } else {
          await settle()
          mortal = await befall(stage, mortal, step, places)
        }
        if (onTheirWay.length === 0) await rest()
        continue
      }
      if (places.visit(step)) {
        const { type, id, host } = step
        const { isAwaited } = step
        await ask({ type, id, host, kind: 'spawn', fields: {}, isAwaited })
      }
      await ask(step)
    }
    await settle()
    await rest()
  } finally {
    await mortal.host.stop()
  }
  return { performed, entities: places.entities }
}

async function startMortal(stage: Stage): Promise<Mortal> {
  const storage = faultyStorage(stage.storage, faultPlan.none())
  return { host: await stage.start({ storage }), storage }
}

function brokenAnswer(step: RunCommand, error: unknown): Violation {
  const what = step.kind === 'ask' ? step.action : step.kind
  return new Violation(`${step.type}/${step.id} ${what} was answered with ${String(error)}`, { cause: error })
}

async function befall(
  stage: Stage,
  mortal: Mortal,
  step: Exclude<HostAction, { readonly kind: 'crash' }>,
  places: Places,
): Promise<Mortal> {
  switch (step.kind) {
    case 'restart':
      await mortal.host.stop()
      return startMortal(stage)
    case 'flush':
      await mortal.host.flush()
      return mortal
    case 'passivate': {
      const { type, id, tenant } = places.entityOf(step)
      mortal.host.passivate(type, id, { tenant })
      return mortal
    }
    case 'read':
      await read(mortal.host, places.entityOf(step))
      return mortal
    case 'snapshot':
      await saveSnapshot(stage, places.entityOf(step))
      return mortal
    case 'sweep':
      await stage.storage.sweep({ now: stage.clock.now(), graceMs: step.graceMs })
      return mortal
    case 'advance':
      await stage.clock.advance(step.ms)
      return mortal
    case 'pause':
    case 'lose':
      return mortal
  }
}

/** Looks at an entity, as anybody may; one that does not exist, or whose contents are gone, says so. */
async function read(host: Host, { tenant, type, id }: EntityKey): Promise<void> {
  await host
    .entity(type, id, { tenant })
    .state({ hydrate: true })
    .catch(() => {})
}

/** A snapshot of what is stored, made by core itself. */
export async function saveSnapshot(stage: Stage, entity: EntityKey): Promise<void> {
  const events = await stage.eventsOf(entity)
  if (events.length === 0) return
  const model = stage.model(entity.type)
  const { state } = evolve(model, unborn, events)
  const record = encodeSnapshot({ type: model.name, specHash: model.specHash }, state)
  await stage.storage.saveSnapshot(entity, record)
}
