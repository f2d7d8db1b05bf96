import type { Trace } from '../concrete/trace.ts'

/** A trace as commands for a program, one JSON object a line: first `{"create":{…}}`, then `{"action":…,"params":{…}}`. */
export function traceCommands({ fields, steps }: Trace): string {
  const commands = steps.map(({ action, params }) => JSON.stringify({ action, params }))
  return [JSON.stringify({ create: fields }), ...commands].map((line) => `${line}\n`).join('')
}
