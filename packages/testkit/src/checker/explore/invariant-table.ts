// Truths of one invariant, remembered by the digits it depends on.
import type { AbstractModel, InvariantPlan } from '../abstraction/abstract-model.ts'
import type { Truth } from '../abstraction/truth.ts'
import { evaluateTest } from '../transition/evaluate.ts'
import { stateSurroundings } from '../transition/surroundings.ts'

const maxDenseEntries = 1 << 20

/** One invariant, asked of packed states. */
export class InvariantTable {
  /** Whether it was ever asked of a state where it says something: in `when`, and with the left of `=>` possible. */
  isEverAsked = false
  readonly #abstract: AbstractModel
  readonly #plan: InvariantPlan
  readonly #support: Int32Array
  readonly #weights: Float64Array
  readonly #dense: (Truth | undefined)[] | undefined
  readonly #sparse = new Map<number, Truth>()

  constructor(abstract: AbstractModel, plan: InvariantPlan) {
    this.#abstract = abstract
    this.#plan = plan
    this.#support = Int32Array.from(plan.support)
    let entries = 1
    this.#weights = Float64Array.from(plan.support, (digit) => {
      const weight = entries
      entries *= abstract.layout.radices[digit] ?? 1
      return weight
    })
    this.#dense = entries <= maxDenseEntries ? [] : undefined
  }

  /** Whether it holds of the states that the cells stand for. */
  truthAt(cells: Int32Array): Truth {
    let key = 0
    for (let index = 0; index < this.#support.length; index++)
      key += (cells[this.#support[index] as number] as number) * (this.#weights[index] as number)
    const known = this.#dense === undefined ? this.#sparse.get(key) : this.#dense[key]
    if (known !== undefined) return known
    const truth = this.#compute(cells)
    if (this.#dense === undefined) this.#sparse.set(key, truth)
    else this.#dense[key] = truth
    return truth
  }

  #compute(cells: Int32Array): Truth {
    const around = stateSurroundings(this.#abstract.layout, cells)
    const { spec, when } = this.#plan
    if (when?.has(around.status) === false) return 'true'
    const { assert } = spec
    if (assert.kind !== 'implies' || evaluateTest(assert.left, around) !== 'false') this.isEverAsked = true
    return evaluateTest(assert, around)
  }
}
