// Tests from the spec itself: commands, params, whole runs and faults, for fast-check.
import type { EntitySpec, JsonObject } from '@perdure/core'
import * as fc from 'fast-check'
import type { Fault, PlannedFault } from '../faulty-storage/fault.ts'
import { soundFaults } from '../faulty-storage/sound-faults.ts'
import { commandArbitraries } from './command-arbitraries.ts'
import type { CommandBody } from './command-arbitraries.ts'
import type { HostAction, Run, RunCommand, RunPlace, RunStep } from './run-step.ts'

/** How runs are made. */
export interface ArbitrariesOptions {
  /** Entities of each type. @defaultValue 2 */
  readonly entities?: number
  /** @defaultValue 1 */
  readonly hosts?: number
  /** @defaultValue 40 */
  readonly maxSteps?: number
  /** At most so many faults a run. @defaultValue 3 */
  readonly maxFaults?: number
  /** Kinds of faults; none means that nothing goes wrong. @defaultValue those that a sound storage may show */
  readonly faults?: readonly Fault[]
  /** What befalls hosts beside commands. @defaultValue all of it but the loss of contents */
  readonly hostActions?: readonly HostAction['kind'][]
  /** Ceiling of fields whose spec sets none, as the host has it. @defaultValue 131072 */
  readonly inlineMaxBytes?: number
  /** Whether fields are given at creation and set directly, beside what actions do. @defaultValue true */
  readonly setsFields?: boolean
}

/** Arbitraries of one spec, or of several that live together. */
export interface SpecArbitraries {
  /** Any command: six in ten may be possible, two must be refused, one is hostile, and now and then an entity is deleted. */
  readonly command: fc.Arbitrary<RunCommand>
  readonly enabledCommand: fc.Arbitrary<RunCommand>
  readonly disabledCommand: fc.Arbitrary<RunCommand>
  readonly hostileCommand: fc.Arbitrary<RunCommand>
  readonly hostAction: fc.Arbitrary<HostAction>
  readonly step: fc.Arbitrary<RunStep>
  readonly faults: fc.Arbitrary<readonly PlannedFault[]>
  readonly run: fc.Arbitrary<Run>
  /** Params of an action of a type; of the first spec unless one is named. */
  readonly params: (action: string, type?: string) => fc.Arbitrary<JsonObject>
  /** Fields to create an entity of a type with. */
  readonly fields: (type?: string) => fc.Arbitrary<JsonObject>
}

/** Every kind of host action on a storage that loses nothing. */
export const hostActionKinds: readonly HostAction['kind'][] = [
  'crash',
  'restart',
  'pause',
  'flush',
  'passivate',
  'read',
  'snapshot',
  'sweep',
  'advance',
]

/** Makes the arbitraries of a spec, or of several. @throws RangeError without a spec */
export function arbitraries(
  specs: EntitySpec | readonly EntitySpec[],
  options: ArbitrariesOptions = {},
): SpecArbitraries {
  const all = 'states' in specs ? [specs] : specs
  const [first] = all
  if (first === undefined) throw new RangeError('arbitraries needs at least one spec')
  const { entities = 2, hosts = 1, maxSteps = 40, maxFaults = 3, faults = soundFaults } = options
  const places = all.flatMap(({ name: type }) =>
    Array.from({ length: entities }, (_, index): RunPlace => ({ type, id: `e${index}` })),
  )
  const { inlineMaxBytes, setsFields } = options
  const given = {
    places,
    hosts,
    ...(inlineMaxBytes === undefined ? {} : { inlineMaxBytes }),
    ...(setsFields === undefined ? {} : { setsFields }),
  }
  const byType = new Map(all.map((spec) => [spec.name, commandArbitraries({ spec, ...given })]))
  const ofType = (type: string) => {
    const found = byType.get(type)
    if (found === undefined) throw new RangeError(`there is no spec of the type ${type}`)
    return found
  }
  const each = (choose: (type: string) => fc.Arbitrary<CommandBody>): fc.Arbitrary<RunCommand> =>
    fc.oneof(...all.map(({ name }) => placed(places, name, hosts, choose(name))))
  const enabledCommand = each((type) => ofType(type).enabledish)
  const disabledCommand = each((type) => ofType(type).disabled)
  const hostileCommand = each((type) => ofType(type).hostile)
  const deletion = each(() => fc.constant<CommandBody>({ kind: 'delete' }))
  const command = fc.oneof(
    { weight: 24, arbitrary: enabledCommand },
    { weight: 5, arbitrary: disabledCommand },
    { weight: 2, arbitrary: hostileCommand },
    { weight: 1, arbitrary: deletion },
  )
  const kinds = options.hostActions ?? hostActionKinds
  const hostAction = hostActions(all, places, hosts, kinds)
  const step: fc.Arbitrary<RunStep> =
    kinds.length === 0
      ? command
      : fc.oneof({ weight: 4, arbitrary: command }, { weight: 1, arbitrary: hostAction })
  const faultList = plannedFaults(faults, maxFaults, maxSteps * 2)
  const run = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: maxSteps, size: 'max' }),
    faults: faultList,
    schedule: fc.nat({ max: 0xffff }),
  })
  return {
    command,
    enabledCommand,
    disabledCommand,
    hostileCommand,
    hostAction,
    step,
    faults: faultList,
    run,
    params: (action, type = first.name) => ofType(type).params(action),
    fields: (type = first.name) => ofType(type).fields,
  }
}

function placed(
  places: readonly RunPlace[],
  type: string,
  hosts: number,
  body: fc.Arbitrary<CommandBody>,
): fc.Arbitrary<RunCommand> {
  const own = places.filter((place) => place.type === type)
  return fc
    .tuple(fc.constantFrom(...own), fc.nat({ max: hosts - 1 }), fc.boolean(), body)
    .map(([place, host, isAwaited, command]) => ({ ...place, host, isAwaited, ...command }) as RunCommand)
}

function plannedFaults(
  faults: readonly Fault[],
  maxFaults: number,
  maxCalls: number,
): fc.Arbitrary<readonly PlannedFault[]> {
  if (faults.length === 0 || maxFaults === 0) return fc.constant([])
  const planned = fc.record({ at: fc.integer({ min: 1, max: maxCalls }), fault: fc.constantFrom(...faults) })
  return fc.array(planned, { maxLength: maxFaults, size: 'max' })
}

function hostActions(
  specs: readonly EntitySpec[],
  places: readonly RunPlace[],
  hosts: number,
  kinds: readonly HostAction['kind'][],
): fc.Arbitrary<HostAction> {
  const host = fc.nat({ max: hosts - 1 })
  const place = fc.constantFrom(...places)
  const onHost = (kind: 'crash' | 'restart' | 'flush') => host.map((each) => ({ kind, host: each }))
  const onEntity = (kind: 'passivate' | 'read') =>
    fc.tuple(host, place).map(([each, where]) => ({ kind, host: each, ...where }))
  const makers: Readonly<Record<HostAction['kind'], fc.Arbitrary<HostAction>>> = {
    crash: onHost('crash'),
    restart: onHost('restart'),
    flush: onHost('flush'),
    pause: fc
      .tuple(host, fc.constantFrom(10, 2_000, 60_000))
      .map(([each, ms]) => ({ kind: 'pause', host: each, ms })),
    passivate: onEntity('passivate'),
    read: onEntity('read'),
    lose: place.map((where) => ({ kind: 'lose', ...where })),
    snapshot: place.map((where) => ({ kind: 'snapshot', ...where })),
    sweep: fc.constantFrom(0, 60_000).map((graceMs) => ({ kind: 'sweep', graceMs })),
    advance: fc.constantFrom(...delaysOf(specs)).map((ms) => ({ kind: 'advance', ms })),
  }
  return fc.oneof(...(kinds.length === 0 ? hostActionKinds : kinds).map((kind) => makers[kind]))
}

/** Times worth waiting for: nearly nothing, an hour, and just before and at the end of every lifetime. */
function delaysOf(specs: readonly EntitySpec[]): readonly number[] {
  const lifetimes = specs.flatMap(({ variables }) =>
    variables.flatMap(({ overflow }) =>
      overflow.ttlSeconds === undefined ? [] : [overflow.ttlSeconds * 1000],
    ),
  )
  return [...new Set([1, 3_600_000, ...lifetimes.flatMap((ms) => [ms - 1, ms])])]
}
