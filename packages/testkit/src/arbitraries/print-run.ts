// A run for people: one line a step, faults where they strike.
import type { Run, RunStep } from './run-step.ts'

/** The steps of a run, numbered, and its faults. */
export function printRun({ steps, faults }: Run): string {
  const lines = steps.map((step, index) => `  ${index + 1}. ${printStep(step)}`)
  const struck = faults.map(({ at, of, fault }) => {
    const { kind, ...facts } = fault
    return `  storage call ${at}${of === undefined ? '' : ` of ${of}`}: ${kind}${Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`}`
  })
  return [...lines, ...struck].join('\n')
}

/** One step on one line; long values are cut. */
function printStep(step: RunStep): string {
  switch (step.kind) {
    case 'spawn':
      return `${placeOf(step)} is created ${short(step.fields)}${onHost(step)}`
    case 'ask': {
      const hostile = step.hostile === undefined ? '' : ` with ${step.hostile.param} = ${step.hostile.value}`
      const key = step.idempotencyKey === undefined ? '' : ` under key ${step.idempotencyKey}`
      return `${placeOf(step)} ${step.action} ${short(step.params)}${hostile}${key}${onHost(step)}`
    }
    case 'update':
      return `${placeOf(step)} fields ${short(step.fields)}${onHost(step)}`
    case 'delete':
      return `${placeOf(step)} is deleted${onHost(step)}`
    case 'passivate':
    case 'read':
      return `${step.kind} ${placeOf(step)} on host ${step.host}`
    case 'snapshot':
      return `a snapshot of ${placeOf(step)} is saved`
    case 'lose':
      return `storage loses the contents of ${placeOf(step)}`
    case 'pause':
      return `host ${step.host} stands still for ${step.ms} ms`
    case 'crash':
    case 'restart':
    case 'flush':
      return `host ${step.host}: ${step.kind}`
    case 'sweep':
      return `sweep, grace ${step.graceMs} ms`
    case 'advance':
      return `${step.ms} ms pass`
  }
}

function placeOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}/${id}`
}

function onHost({ host, isAwaited }: { readonly host: number; readonly isAwaited: boolean }): string {
  return `${host === 0 ? '' : ` on host ${host}`}${isAwaited ? '' : ' (nobody waits)'}`
}

function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 100)}… (${text.length} characters)`
}
