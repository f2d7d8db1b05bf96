// The check of one spec: abstract, search, judge; and again with more numbers told apart while something required is
// neither proved nor shown by a real run. Called by verify-spec and, for each mutant, by mutation-score.
import { compileModel } from '@perdure/core'
import type { EntitySpec, JsonObject } from '@perdure/core'
import { abstractModel } from './abstraction/abstract-model.ts'
import type { AbstractModel } from './abstraction/abstract-model.ts'
import { pack } from './abstraction/layout.ts'
import { checkConformance } from './concrete/conform.ts'
import type { Conformance } from './concrete/conform.ts'
import { beginningsOf } from './concrete/initial-states.ts'
import type { Beginning } from './concrete/initial-states.ts'
import { RealEntity } from './concrete/real-entity.ts'
import { Replayer } from './concrete/replay.ts'
import { assumptionsOf } from './assumptions.ts'
import { explore } from './explore/explore.ts'
import type { Exploration } from './explore/exploration.ts'
import { checkProperties, needsEdges } from './properties/check-properties.ts'
import type { Judgement } from './properties/checking.ts'
import type { PropertyResult, SpecReport, Verdict } from './report.ts'
import type { Steps } from './steps.ts'
import type { VerifySettings } from './verify-options.ts'

/** Checks one spec. */
export function checkSpec(spec: EntitySpec, settings: VerifySettings): Steps<SpecReport> {
  return new SpecCheck(spec, settings).run()
}

/** One search and what came of it. */
interface Attempt {
  readonly exploration: Exploration
  readonly judgements: readonly Judgement[]
  readonly conformance: Conformance
}

class SpecCheck {
  readonly #spec: EntitySpec
  readonly #settings: VerifySettings
  readonly #entity: RealEntity
  readonly #startedAt: number
  #searchMs = 0

  constructor(spec: EntitySpec, settings: VerifySettings) {
    this.#spec = spec
    this.#settings = settings
    this.#startedAt = settings.clock.now()
    this.#entity = new RealEntity(compileModel(spec))
  }

  *run(): Steps<SpecReport> {
    let settled = new Map<string, Judgement>()
    const { minMargin } = this.#settings
    let attempt: Attempt | string = yield* this.#attempt(minMargin)
    for (let margin = minMargin; typeof attempt !== 'string'; margin++) {
      settled = settle(settled, attempt.judgements)
      if (!this.#isWorthRefining(attempt, settled, margin)) break
      const next = yield* this.#attempt(margin + 1)
      // A search that was cut short says less than the one before it.
      if (typeof next === 'string' || next.exploration.limit !== undefined) break
      attempt = next
    }
    return typeof attempt === 'string' ? this.#refused(attempt) : this.#report(attempt, settled)
  }

  *#attempt(margin: number): Steps<Attempt | string> {
    const { create, others, conformance } = this.#settings
    const abstract = abstractModel(this.#entity.model, margin, others)
    if (typeof abstract === 'string') return abstract
    const beginnings = beginningsOf(abstract, this.#entity, create)
    if (typeof beginnings === 'string') return beginnings
    const exploration = yield* this.#explore(abstract, beginnings, margin)
    const creations = creationsOf(exploration, beginnings)
    const replayer = new Replayer(exploration, this.#entity, creations)
    const { fair, stronglyFair } = this.#settings
    const checking = {
      spec: this.#spec,
      exploration,
      replayer,
      fair: new Set(fair),
      stronglyFair: new Set(stronglyFair),
    }
    return {
      exploration,
      judgements: checkProperties(checking, this.#settings.severities),
      conformance: checkConformance(exploration, this.#entity, creations, conformance),
    }
  }

  *#explore(abstract: AbstractModel, beginnings: readonly Beginning[], margin: number): Steps<Exploration> {
    const { clock, maxStates, maxMillis, maxMemoryMB, onProgress, signal } = this.#settings
    const startedAt = clock.now()
    const { name, liveness } = this.#spec
    const exploration = yield* explore(
      abstract,
      beginnings.map(({ cells }) => cells),
      {
        clock,
        maxStates,
        maxMemoryMB,
        deadline: this.#startedAt + maxMillis,
        keepsEdges: needsEdges(liveness),
        signal,
        ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, name, margin }) }),
      },
    )
    this.#searchMs += clock.now() - startedAt
    return exploration
  }

  #isWorthRefining(
    { exploration }: Attempt,
    settled: ReadonlyMap<string, Judgement>,
    margin: number,
  ): boolean {
    const { maxMargin, maxMillis, clock, severities } = this.#settings
    if (exploration.limit !== undefined || !exploration.abstract.isRefinable || margin >= maxMargin)
      return false
    if (clock.now() - this.#startedAt > maxMillis) return false
    return [...settled.values()].some(
      ({ kind, status }) => status === 'inconclusive' && severities[kind] === 'error',
    )
  }

  #report({ exploration, conformance }: Attempt, settled: ReadonlyMap<string, Judgement>): SpecReport {
    const properties = [
      ...this.#weighed(this.#creation()),
      ...[...settled.values()].flatMap((judgement) => this.#weighed(judgement)),
      ...this.#weighed(conformanceJudgement(conformance)),
    ]
    const { abstract, states, transitions, depth, limit } = exploration
    return {
      ...this.#frame(),
      verdict: verdictOf(properties, limit !== undefined),
      states: states.size,
      transitions,
      depth,
      margin: abstract.margin + 1,
      ...(limit === undefined ? {} : { limit }),
      properties,
      variables: abstract.layout.slots.map(({ name }) => name),
      assumptions: assumptionsOf(abstract, this.#settings),
      conformance: { states: conformance.states, commands: conformance.commands },
    }
  }

  #refused(refusal: string): SpecReport {
    return {
      ...this.#frame(),
      verdict: 'inconclusive',
      states: 0,
      transitions: 0,
      depth: 0,
      margin: 0,
      refusal,
      properties: [],
      variables: [],
      assumptions: [],
      conformance: { states: 0, commands: 0 },
    }
  }

  #frame(): Pick<SpecReport, 'name' | 'specHash' | 'elapsedMs' | 'searchMs'> {
    return {
      name: this.#spec.name,
      specHash: this.#entity.model.specHash,
      elapsedMs: this.#settings.clock.now() - this.#startedAt,
      searchMs: this.#searchMs,
    }
  }

  #weighed(judgement: Judgement): readonly PropertyResult[] {
    const severity = this.#settings.severities[judgement.kind]
    return severity === 'off' ? [] : [{ ...judgement, severity }]
  }

  #creation(): Judgement {
    const { create } = this.#settings
    const base = { kind: 'creation', name: '' } as const
    const refusal = create === 'any' ? undefined : this.#entity.creationRefusal(create)
    if (refusal === undefined) return { ...base, status: 'holds', message: 'creation is accepted' }
    const message = `creation ${describeFields(create)} is refused: ${refusal.message}`
    return { ...base, status: 'violated', message }
  }
}

function describeFields(create: JsonObject | 'any'): string {
  return create === 'any' || Object.keys(create).length === 0
    ? 'without fields'
    : `with ${JSON.stringify(create)}`
}

/** What was decided stays decided: a proof and a real run hold for every margin. */
function settle(
  settled: ReadonlyMap<string, Judgement>,
  judgements: readonly Judgement[],
): Map<string, Judgement> {
  return new Map(
    judgements.map((judgement) => {
      const key = `${judgement.kind} ${judgement.name}`
      const known = settled.get(key)
      return [key, known === undefined || known.status === 'inconclusive' ? judgement : known]
    }),
  )
}

function creationsOf(
  { abstract, states }: Exploration,
  beginnings: readonly Beginning[],
): ReadonlyMap<number, JsonObject> {
  const creations = new Map<number, JsonObject>()
  for (const { cells, fields } of beginnings) {
    const { low, high } = pack(abstract.layout, cells)
    const id = states.idOf(low, high)
    if (!creations.has(id)) creations.set(id, fields)
  }
  return creations
}

function conformanceJudgement({ commands, differences }: Conformance): Judgement {
  const base = { kind: 'conformance', name: '' } as const
  const [first] = differences
  return first === undefined
    ? { ...base, status: 'holds', message: `${commands} commands came out alike in core's decide and evolve` }
    : { ...base, status: 'violated', message: first }
}

function verdictOf(properties: readonly PropertyResult[], isCutShort: boolean): Verdict {
  const required = properties.filter(({ severity }) => severity === 'error')
  if (required.some(({ status }) => status === 'violated')) return 'fail'
  const isOpen = isCutShort || required.some(({ status }) => status === 'inconclusive')
  return isOpen ? 'inconclusive' : 'pass'
}
