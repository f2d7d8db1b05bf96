// How an event of an older spec version reads today. Pure; the stored event stays as it is. Whoever gives events to evolve
// need not call it: evolve does. Whoever shows them to people or compares them with commands does.
import { erasedAction } from '../entity/event.ts'
import type { EntityEvent } from '../entity/event.ts'
import type { EntityModel } from '../model/entity-model.ts'
import { callHook } from './call-hook.ts'
import { fillDefaults } from './fill-defaults.ts'
import { renameEvent } from './rename-event.ts'
import { SpecOutdated } from './upcast-error.ts'

/**
 * The event as the model's spec reads it: renamed step by step from the version it was written under, then with defaults,
 * then as the hook reads it. What comes out says today's version, so that reading it again changes nothing; its spec hash
 * still names the spec that decided it. @throws UpcastFailed, SpecOutdated
 */
export function upcastEvent(model: EntityModel, event: EntityEvent): EntityEvent {
  // No spec decided that an entity be erased.
  if (event.specVersion === model.spec.version || event.action === erasedAction) return event
  return read(model, event, true)
}

/**
 * Every form in which the command behind an event may be repeated: as it was asked then, under today's names, and with
 * what its event reads as today.
 */
export function readingsOf(model: EntityModel, event: EntityEvent): readonly EntityEvent[] {
  const today = upcastEvent(model, event)
  return today === event ? [event] : [event, read(model, event, false), today]
}

function read(model: EntityModel, event: EntityEvent, isWhole: boolean): EntityEvent {
  const { upcasts, spec, limits } = model
  if (event.specVersion > spec.version) throw new SpecOutdated(event, spec.version)
  const steps = upcasts.steps.filter(({ fromVersion }) => fromVersion >= event.specVersion)
  if (steps.length === 0 && upcasts.hook === undefined) return event
  const renamed = steps.reduce((each, step) => renameEvent(step, each), event)
  const filled = isWhole ? fillDefaults(model, steps, renamed) : renamed
  const hooked =
    isWhole && upcasts.hook !== undefined ? callHook(upcasts.hook, filled, limits.maxNestingDepth) : filled
  return { ...hooked, specVersion: spec.version }
}
