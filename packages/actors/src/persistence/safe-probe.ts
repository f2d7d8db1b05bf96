import type { Logger, Probe } from '@perdure/core'

/** A probe that throws is a fault of whoever set it, and none of the work that it looks at. */
export function safeProbe(probe: Probe, logger: Logger): Probe {
  return async (point, facts) => {
    try {
      await probe(point, facts)
    } catch (error) {
      logger.error({ point, error: String(error) }, 'a probe threw')
    }
  }
}
