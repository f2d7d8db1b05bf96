/** Randomness, injected: backoff jitter and the like, nothing secret. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

/** The engine's generator. */
export const systemRandom: Random = {
  // oxlint-disable-next-line no-restricted-properties -- this is the port itself
  next: () => Math.random(),
}
