// Breadth-first search over packed states, in declaration order: the first path to a state is a shortest one, and the same
// in every run. Knows nothing of properties beyond the invariants, which decide where it may go on.
import { deletedStatus } from '@perdure/core'
import type { Clock } from '@perdure/core'
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import { makeUnpack, pack } from '../abstraction/layout.ts'
import type { Truth } from '../abstraction/truth.ts'
import { edgeFacts, edgeUnit, stepTables } from '../transition/step-table.ts'
import type { StepGroup, StepTable } from '../transition/step-table.ts'
import { enabledBits } from './exploration.ts'
import type { EdgeIndex, Exploration, LimitName, Sighting } from './exploration.ts'
import type { Steps } from '../steps.ts'
import { IntList } from './int-list.ts'
import { InvariantTable } from './invariant-table.ts'
import { Sightings } from './sightings.ts'
import { StateSet } from './state-set.ts'

/** Where a search is. */
export interface SearchProgress {
  readonly states: number
  readonly transitions: number
  /** States found but not yet expanded. */
  readonly waiting: number
  readonly elapsedMs: number
}

/** How far to search. */
interface SearchLimits {
  readonly maxStates: number
  /** When to give up, on the clock. */
  readonly deadline: number
  readonly maxMemoryMB: number
  readonly signal?: AbortSignal | undefined
}

/** A search. */
export interface SearchOptions extends SearchLimits {
  readonly clock: Pick<Clock, 'now'>
  /** Keeps every edge, for properties of whole runs. */
  readonly keepsEdges: boolean
  readonly onProgress?: (progress: SearchProgress) => void
}

/** States are expanded in bundles of this size between looks at the clock. */
const bundle = 2048
const progressEveryMs = 250
/** In place of an id that nobody needs. */
const found = 0
const doubtful = 1
const barred = 2

/** Searches all that can be reached from the initial states; leaves off a few times a second. */
export function explore(
  abstract: AbstractModel,
  initial: readonly (readonly number[])[],
  options: SearchOptions,
): Steps<Exploration> {
  return new Search(abstract, options).run(initial)
}

class Search {
  readonly #abstract: AbstractModel
  readonly #options: SearchOptions
  readonly #states: StateSet
  readonly #unpack: (low: number, high: number, into: Int32Array) => void
  readonly #isWide: boolean
  readonly #cells: Int32Array
  readonly #next: Int32Array
  /** By status. */
  readonly #tables: readonly (readonly StepTable[])[]
  readonly #invariants: readonly InvariantTable[]
  /** By invariant. */
  readonly #asked: (Sighting | undefined)[] = []
  readonly #isEnforced: boolean
  readonly #isTerminal: readonly boolean[]
  readonly #parents = new IntList()
  readonly #via = new IntList()
  readonly #depths = new IntList()
  /** Whether an enforced invariant may keep the entity from a state (`doubtful`), or does (`barred`). */
  readonly #doubts = new IntList()
  readonly #enabled = new IntList()
  readonly #starts = new IntList()
  readonly #targets = new IntList()
  readonly #edges = new IntList()
  readonly #sightings: Sightings
  #transitions = 0
  /** The state that is being expanded. */
  #starting = 0
  /** Whether it matters which known state an edge leads to: edges are kept, or some state is doubtful or barred. */
  #needsIds: boolean

  constructor(abstract: AbstractModel, options: SearchOptions) {
    this.#abstract = abstract
    this.#options = options
    const { layout, spec, model } = abstract
    this.#isWide = layout.isWide
    this.#needsIds = options.keepsEdges
    this.#states = new StateSet(layout.isWide)
    this.#unpack = makeUnpack(layout)
    this.#cells = new Int32Array(layout.radices.length)
    this.#next = new Int32Array(layout.radices.length)
    const sightings = new Sightings(abstract)
    this.#sightings = sightings
    this.#tables = spec.states.map((status) =>
      status === deletedStatus
        ? []
        : stepTables(abstract, status, (rule, truth, choice) =>
            sightings.noteGuard(rule, truth, choice, this.#starting),
          ),
    )
    this.#invariants = abstract.invariants.map((plan) => new InvariantTable(abstract, plan))
    this.#isEnforced = spec.enforceInvariants
    this.#isTerminal = spec.states.map((status) => model.terminal.has(status))
  }

  *run(initial: readonly (readonly number[])[]): Steps<Exploration> {
    for (const cells of initial) this.#addInitial(cells)
    const { clock, onProgress } = this.#options
    const startedAt = clock.now()
    let reportedAt = startedAt
    let expanded = 0
    let limit: LimitName | undefined
    while (expanded < this.#states.size) {
      const end = Math.min(this.#states.size, expanded + bundle)
      while (expanded < end) this.#expand(expanded++)
      const now = clock.now()
      if (now - reportedAt >= progressEveryMs) {
        reportedAt = now
        onProgress?.(this.#progress(expanded, now - startedAt))
        yield
      }
      limit = this.#limitMet(now)
      if (limit !== undefined && expanded < this.#states.size) break
      limit = undefined
    }
    this.#starts.push(this.#targets.length)
    return this.#result(expanded, limit)
  }

  #progress(expanded: number, elapsedMs: number): SearchProgress {
    const { size } = this.#states
    return { states: size, transitions: this.#transitions, waiting: size - expanded, elapsedMs }
  }

  #limitMet(now: number): LimitName | undefined {
    const { maxStates, deadline, maxMemoryMB, signal } = this.#options
    if (signal?.aborted === true) return 'interrupted'
    if (this.#states.size > maxStates) return 'maxStates'
    if (now > deadline) return 'maxMillis'
    const lists = [this.#parents, this.#via, this.#depths, this.#doubts, this.#enabled, this.#starts]
    const edges = [this.#targets, this.#edges]
    const bytes = [...lists, ...edges].reduce((total, { items }) => total + items.byteLength, 0)
    return bytes + this.#states.bytes > maxMemoryMB * 2 ** 20 ? 'maxMemoryMB' : undefined
  }

  #addInitial(cells: readonly number[]): void {
    const { low, high } = pack(this.#abstract.layout, cells)
    const slot = this.#states.find(low, high)
    if (slot >= 0) return
    this.#next.set(cells)
    const doubt = this.#doubtOf(this.#judge(-1, 0))
    this.#add(slot, low, high, -1, 0, 0, doubt)
  }

  #add(
    missing: number,
    low: number,
    high: number,
    parent: number,
    edge: number,
    depth: number,
    doubt: number,
  ): number {
    const id = this.#states.insert(missing, low, high)
    this.#parents.push(parent)
    this.#via.push(edge)
    this.#depths.push(depth)
    this.#doubts.push(doubt)
    return id
  }

  #expand(id: number): void {
    this.#starting = id
    const low = this.#states.lows[id] as number
    const high = this.#isWide ? (this.#states.highs[id] as number) : 0
    const cells = this.#cells
    this.#unpack(low, high, cells)
    if (this.#options.keepsEdges) this.#starts.push(this.#targets.length)
    let enabled = 0
    const tables = this.#tables[cells[0] as number] as readonly StepTable[]
    for (let index = 0; index < tables.length; index++) {
      const table = tables[index] as StepTable
      const key = table.keyOf(cells)
      const groups = table.dense?.[key] ?? table.groupsAt(key, cells)
      for (let place = 0; place < groups.length; place++)
        enabled |= this.#take(id, low, high, groups[place] as StepGroup)
    }
    this.#enabled.push(enabled)
  }

  /** Takes a step to each of its ends. @returns enabled bits */
  #take(id: number, low: number, high: number, group: StepGroup): number {
    let { edge } = group
    const before = this.#targets.length
    const ends = group.low.length
    let reached = 0
    for (let end = 0; end < ends; end++) {
      const target = this.#reach(
        id,
        low + (group.low[end] as number),
        high + (group.high[end] as number),
        edge,
      )
      if (target === -1) continue
      if (this.#needsIds && this.#doubts.items[target] === doubtful) edge &= ~edgeFacts.sure
      reached++
      this.#transitions++
      if (this.#options.keepsEdges) {
        this.#targets.push(target)
        this.#edges.push(edge)
      }
    }
    if (reached === 0) return 0
    if (reached < ends) edge &= ~edgeFacts.sure
    if (edge !== group.edge)
      for (let place = before; place < this.#edges.length; place++) this.#edges.items[place] = edge
    return (edge & edgeFacts.sure) === 0 ? enabledBits.some : enabledBits.some | enabledBits.sure
  }

  /** The id of a successor, or `found` when it is not needed; -1 when an enforced invariant keeps the entity from it. */
  #reach(parent: number, low: number, high: number, edge: number): number {
    const label = Math.floor(edge / edgeUnit)
    const slot = this.#states.find(low, high)
    let id = found
    if (slot < 0) {
      this.#unpack(low, high, this.#next)
      const truth = this.#judge(parent, edge)
      if (truth === 'false' && this.#isEnforced) return -1
      const depth = (this.#depths.items[parent] as number) + 1
      id = this.#add(slot, low, high, parent, edge, depth, this.#doubtOf(truth))
    } else if (this.#needsIds) {
      id = this.#states.idAt(slot)
      if (this.#doubts.items[id] === barred) return -1
    }
    if (this.#isTerminal[this.#cells[0] as number] === true) this.#noteTerminal(parent, low, high, edge)
    if (this.#sightings.isFirst(label))
      this.#sightings.noteFiring(label, { parent, edge, cells: this.#cellsOf(low, high) })
    return id
  }

  /** Asks every invariant of the state in `#next`, which an edge led to, and keeps the suspects. */
  #judge(parent: number, edge: number): Truth {
    let worst: Truth = 'true'
    for (let index = 0; index < this.#invariants.length; index++) {
      const table = this.#invariants[index] as InvariantTable
      const wasAsked = table.isEverAsked
      const truth = table.truthAt(this.#next)
      if (table.isEverAsked && !wasAsked) this.#asked[index] = { parent, edge, cells: Array.from(this.#next) }
      if (truth === 'true') continue
      if (this.#sightings.wantsSuspect(index))
        this.#sightings.suspects[index]?.push({ parent, edge, cells: Array.from(this.#next), truth })
      if (truth === 'false' || worst === 'true') worst = truth
    }
    return worst
  }

  /** An initial state may be barred: it was created so, but cannot be entered again. */
  #doubtOf(truth: Truth): number {
    if (truth === 'true' || !this.#isEnforced) return 0
    this.#needsIds = true
    return truth === 'unknown' ? doubtful : barred
  }

  #noteTerminal(parent: number, low: number, high: number, edge: number): void {
    if (this.#sightings.terminalLeft !== undefined) return
    const cells = this.#cellsOf(low, high)
    if (cells[0] !== this.#cells[0]) this.#sightings.terminalLeft = { parent, edge, cells }
  }

  #cellsOf(low: number, high: number): readonly number[] {
    const cells = new Int32Array(this.#cells.length)
    this.#unpack(low, high, cells)
    return Array.from(cells)
  }

  #result(expanded: number, limit: LimitName | undefined): Exploration {
    const index: EdgeIndex = {
      starts: this.#starts.view(),
      targets: this.#targets.view(),
      edges: this.#edges.view(),
    }
    const { suspects, guards, firings, terminalLeft } = this.#sightings
    return {
      abstract: this.#abstract,
      states: this.#states,
      parents: this.#parents.view(),
      via: this.#via.view(),
      transitions: this.#transitions,
      depth: this.#depths.items[this.#states.size - 1] ?? 0,
      enabled: Uint8Array.from(this.#enabled.view()),
      expanded,
      index: this.#options.keepsEdges ? index : undefined,
      suspects,
      asked: this.#invariants.map((_, index) => this.#asked[index]),
      guards,
      firings,
      terminalLeft,
      limit,
    }
  }
}
