// Which places of a spec hold values that meet: by assignment, comparison or membership. What one of them is compared
// with, all of them must tell apart. Union-find over place names; filled by gather-constants.
import type { Literal } from '@perdure/core'

/** A place: a variable or field, a param of an action, the status of related entities, or one's length or items. */
export type Place = string

/** The place of a variable or field. */
export function variablePlace(name: string): Place {
  return `variable ${name}`
}

/** The place of a param of an action. */
export function paramPlace(action: string, name: string): Place {
  return `param ${action} ${name}`
}

/** The length of what a place holds. */
export function lengthPlace(place: Place): Place {
  return `length of ${place}`
}

/** The items of what a place holds. */
export function itemPlace(place: Place): Place {
  return `item of ${place}`
}

/** Places that meet share a class; a class knows its constants. */
export class ConstantClasses {
  readonly #parents = new Map<Place, Place>()
  readonly #constants = new Map<Place, Set<Literal>>()

  /** These two places may hold the same values. */
  unite(left: Place, right: Place): void {
    this.#merge(left, right)
    this.#merge(lengthPlace(left), lengthPlace(right))
    this.#merge(itemPlace(left), itemPlace(right))
  }

  /** What the place holds is compared with this. */
  add(place: Place, constant: Literal): void {
    const root = this.#rootOf(place)
    const constants = this.#constants.get(root)
    if (constants === undefined) this.#constants.set(root, new Set([constant]))
    else constants.add(constant)
  }

  /** What the place's values are compared with, in the order found; undefined when nothing asks for the place. */
  constantsOf(place: Place): readonly Literal[] | undefined {
    const constants = this.#constants.get(this.#rootOf(place))
    return constants && [...constants]
  }

  #merge(left: Place, right: Place): void {
    const [a, b] = [this.#rootOf(left), this.#rootOf(right)]
    if (a === b) return
    this.#parents.set(b, a)
    const moved = this.#constants.get(b)
    if (moved === undefined) return
    this.#constants.delete(b)
    for (const constant of moved) this.add(a, constant)
  }

  #rootOf(place: Place): Place {
    let root = place
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root))
      root = parent
    return root
  }
}
