// Three-valued logic (Kleene's): what an expression comes to when some of what it reads is known only roughly.

/** Whether something holds of every value an abstraction stands for, of none, or of some (or it is not known). */
export type Truth = 'true' | 'false' | 'unknown'

/** A truth that is known. */
export function truthOf(holds: boolean): Truth {
  return holds ? 'true' : 'false'
}

/** Negation. */
export function not(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown'
  return truth === 'true' ? 'false' : 'true'
}

/** Conjunction: one `false` decides. */
export function all(truths: Iterable<Truth>): Truth {
  let result: Truth = 'true'
  for (const truth of truths) {
    if (truth === 'false') return 'false'
    if (truth === 'unknown') result = 'unknown'
  }
  return result
}

/** Disjunction: one `true` decides. */
export function any(truths: Iterable<Truth>): Truth {
  let result: Truth = 'false'
  for (const truth of truths) {
    if (truth === 'true') return 'true'
    if (truth === 'unknown') result = 'unknown'
  }
  return result
}
