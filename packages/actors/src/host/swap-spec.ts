// A change of spec while the host runs: look whether anything would be lost, then lead every entity over between two of its
// commands. Called by the host, one at a time.
import { compareSpecs } from '@perdure/core'
import type { EntityModel, EntitySpec, SpecDifference, UpcastHook } from '@perdure/core'
import { SpecSwapRefused } from '../errors/spec-swap-refused.ts'
import { differencesToCheck, findReasons } from './check-swap.ts'
import type { AllowedDifference } from './check-swap.ts'
import type { HostParts } from './host-parts.ts'

/** How a spec takes the place of another. */
export interface SwapOptions {
  /**
   * Losses that are meant. A variable that is removed, or a field that nothing sets, stays in the state of the entities that have
   * it; one of another type keeps a value that fits, and begins anew otherwise. @defaultValue none
   */
  readonly allow?: readonly AllowedDifference[]
  /** How older events read under this spec. @defaultValue the hook that the host has for the type */
  readonly upcast?: UpcastHook
}

/** A spec that was swapped. */
export interface SwapResult {
  readonly type: string
  readonly specHash: string
  readonly version: number
  /** Everything that changed, harmless or allowed. */
  readonly differences: readonly SpecDifference[]
}

/** @throws SpecSwapRefused, SpecNotSupported, InvalidArgument, StorageError */
export async function swapSpec(
  { registry, deps }: HostParts,
  spec: EntitySpec,
  { allow = [], upcast }: SwapOptions,
): Promise<SwapResult> {
  const model = registry.compile(spec, upcast)
  const differences = compareSpecs(registry.model(spec.name).spec, spec)
  const toCheck = differencesToCheck(differences, allow)
  const refuseIfLost = async (): Promise<void> => {
    const reasons = await findReasons(deps.storage, model, toCheck)
    if (reasons.length > 0) throw new SpecSwapRefused(spec.name, reasons)
  }
  // Most refusals are seen without holding anybody up.
  await refuseIfLost()
  if (toCheck.length === 0) {
    registry.replace(model)
    await registry.goOver(spec.name)
  } else await swapWhilePaused({ registry, deps }, model, refuseIfLost)
  return { type: spec.name, specHash: model.specHash, version: spec.version, differences }
}

/** Nothing of the type is decided between the last look and the change: no entity slips into what is done away with. */
async function swapWhilePaused(
  { registry, deps }: Pick<HostParts, 'registry' | 'deps'>,
  model: EntityModel,
  refuseIfLost: () => Promise<void>,
): Promise<void> {
  await registry.pause(model.name)
  try {
    await deps.probe('host.before_swap', { type: model.name })
    await refuseIfLost()
    registry.replace(model)
  } finally {
    registry.resume(model.name)
  }
}
