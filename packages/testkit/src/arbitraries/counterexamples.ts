// Counterexamples on disk: `counterexamples/<hash>.json`. Whoever looks for one tries those first, so that a bug once
// found stays found, on every machine that has the file.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, hashContent } from '@perdure/core'
import type { JsonValue } from '@perdure/core'
import type { Run } from './run-step.ts'

/** A run that broke a property. */
export interface Counterexample {
  /** The property, by its name. */
  readonly property: string
  /** The entity types it was found with. */
  readonly types: readonly string[]
  readonly run: Run
  /** Where it came from; another run may find it with another one. */
  readonly seed: number
  /** What was wrong, for people. */
  readonly message: string
}

/** What makes two counterexamples the same. */
type Subject = Pick<Counterexample, 'property' | 'types'>

/** Stores a counterexample under a name made of its contents. @returns the path of the file */
export async function saveCounterexample(folder: string, found: Counterexample): Promise<string> {
  const { property, types, run } = found
  const name = hashContent(canonicalJson({ property, types, run } as unknown as JsonValue)).slice(0, 16)
  const path = join(folder, `${name}.json`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, `${JSON.stringify(found, undefined, 2)}\n`)
  return path
}

/** The stored counterexamples of a property; a file that is none is passed over. */
export async function loadCounterexamples(
  folder: string,
  { property, types }: Subject,
): Promise<readonly (Counterexample & { readonly path: string })[]> {
  const names = await readdir(folder).catch(() => [])
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name))
  const all = await Promise.all(paths.sort().map(readCounterexample))
  return all
    .filter((each) => each !== undefined)
    .filter((each) => each.property === property && each.types.join() === types.join())
}

async function readCounterexample(
  path: string,
): Promise<(Counterexample & { readonly path: string }) | undefined> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as Partial<Counterexample>
    const isWhole = typeof found.property === 'string' && Array.isArray(found.types) && found.run?.steps
    return isWhole ? { ...(found as Counterexample), path } : undefined
  } catch {
    return undefined
  }
}
