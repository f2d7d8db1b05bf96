// Registers the router contract with vitest. The cases themselves know no test framework.
import { describe, it } from 'vitest'
import type { OpenRouters, RouterContractSettings } from '../router-contract/router-case.ts'
import { routerContractCases } from '../router-contract/router-contract-cases.ts'
import { defaultRouterSettings, runRouterCase } from '../router-contract/run-router-contract.ts'

/** Generous, for the largest bodies on a slow machine; a router that hangs is found out by the cases' own patience. */
const timeoutMs = 120_000

/**
 * Holds routers to the whole contract: one test a case, on routers of its own from `open`. A case whose feature is off is
 * listed as skipped, with the reason in its name.
 */
export function routerContract(
  name: string,
  open: OpenRouters,
  options: Partial<RouterContractSettings> = {},
): void {
  const settings = { ...defaultRouterSettings, ...options }
  describe(`router contract: ${name}`, () => {
    for (const [feature, reason] of Object.entries(settings.off)) it.skip(`[${feature} is off: ${reason}]`)
    for (const routerCase of routerContractCases) {
      const reason = routerCase.needs && settings.off[routerCase.needs]
      const title = `${routerCase.group}: ${routerCase.name}`
      if (reason === undefined)
        it(title, { timeout: timeoutMs }, () => runRouterCase(routerCase, open, settings))
      else it.skip(`${title} [${routerCase.needs} is off: ${reason}]`)
    }
  })
}
