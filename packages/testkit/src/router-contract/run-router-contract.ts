// Runs the router contract without a test framework: for routers' authors, and for proving that cases can fail.
import { routerContractCases } from './router-contract-cases.ts'
import type { OpenRouters, RouterCase, RouterContractSettings } from './router-case.ts'
import { RouterStage } from './router-stage.ts'

/** What became of one case. */
export type RouterCaseOutcome =
  | { readonly kind: 'kept'; readonly case: RouterCase }
  | { readonly kind: 'broken'; readonly case: RouterCase; readonly error: unknown }
  | { readonly kind: 'skipped'; readonly case: RouterCase; readonly reason: string }

/** Settings of an adoption that gives none: every feature on, 10 random runs. */
export const defaultRouterSettings: RouterContractSettings = { off: {}, numRuns: 10, patienceMs: 10_000 }

/** Runs one case on routers of its own. @throws whatever the case finds wrong */
export async function runRouterCase(
  routerCase: RouterCase,
  open: OpenRouters,
  settings: RouterContractSettings,
): Promise<void> {
  const stage = new RouterStage(await open(), settings.patienceMs)
  try {
    await routerCase.run(stage, settings)
    await stage.end()
  } finally {
    await stage.clear()
  }
}

/** Runs cases one after the other, each on routers of its own. */
export async function runRouterContract(
  open: OpenRouters,
  settings: RouterContractSettings = defaultRouterSettings,
  cases: readonly RouterCase[] = routerContractCases,
): Promise<readonly RouterCaseOutcome[]> {
  const outcomes: RouterCaseOutcome[] = []
  for (const routerCase of cases) outcomes.push(await outcomeOf(routerCase, open, settings))
  return outcomes
}

async function outcomeOf(
  routerCase: RouterCase,
  open: OpenRouters,
  settings: RouterContractSettings,
): Promise<RouterCaseOutcome> {
  const reason = routerCase.needs && settings.off[routerCase.needs]
  if (reason !== undefined) return { kind: 'skipped', case: routerCase, reason }
  try {
    await runRouterCase(routerCase, open, settings)
    return { kind: 'kept', case: routerCase }
  } catch (error) {
    return { kind: 'broken', case: routerCase, error }
  }
}
