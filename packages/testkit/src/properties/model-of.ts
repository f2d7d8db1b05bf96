// Models that were compiled before: runs are many, specs few.
import { compileModel } from '@perdure/core'
import type { EntityModel, EntitySpec } from '@perdure/core'

const models = new WeakMap<EntitySpec, Map<number, EntityModel>>()

/** The model of a spec under a host's ceiling, compiled once. */
export function modelOf(spec: EntitySpec, inlineMaxBytes: number): EntityModel {
  const ofSpec = models.get(spec) ?? new Map<number, EntityModel>()
  models.set(spec, ofSpec)
  const model = ofSpec.get(inlineMaxBytes) ?? compileModel(spec, { inlineMaxBytes })
  ofSpec.set(inlineMaxBytes, model)
  return model
}
