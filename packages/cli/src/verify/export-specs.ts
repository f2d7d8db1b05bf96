// Specs for other tools: TLA+ for a second opinion, Graphviz and Mermaid with the run that refutes a property drawn in.
import path from 'node:path'
import { toDot, toTla, traceToMermaid } from '@perdure/testkit/checker'
import type { VerifyReport } from '@perdure/testkit/checker'
import type { CliIo } from '../io.ts'
import type { SoundSpec } from '../specs/load-sound-specs.ts'
import { writeText } from '../specs/write-text.ts'
import { firstViolation } from './print-runs.ts'

/** Directories to write to, by what is written. */
export interface ExportOptions {
  readonly tla?: string
  readonly dot?: string
  readonly mermaid?: string
}

/** Writes what was asked for, a file for each entity type. */
export async function exportSpecs(
  io: CliIo,
  specs: readonly SoundSpec[],
  report: VerifyReport,
  { tla, dot, mermaid }: ExportOptions,
): Promise<void> {
  const write = async (directory: string, name: string, text: string): Promise<void> => {
    const file = path.join(directory, name)
    await writeText(file, text, io.cwd)
    io.stderr.write(`wrote ${file}\n`)
  }
  for (const [index, { spec }] of specs.entries()) {
    const found = report.specs[index]
    const trace = found === undefined ? undefined : firstViolation(found)?.trace
    if (dot !== undefined) await write(dot, `${spec.name}.dot`, toDot(spec, trace))
    if (mermaid !== undefined) await write(mermaid, `${spec.name}.mmd`, traceToMermaid(spec, trace))
    if (tla === undefined) continue
    const { module, config, omitted } = toTla(spec)
    await write(tla, `${spec.name}.tla`, module)
    await write(tla, `${spec.name}.cfg`, config)
    for (const what of omitted) io.stderr.write(`note: not in ${spec.name}.tla: ${what}\n`)
  }
}
