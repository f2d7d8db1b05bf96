import { fileURLToPath } from 'node:url'
import type { EntitySpec } from '@perdure/core'
import { loadSpecs } from '@perdure/spec-parser'

/** The one spec of a file beside this folder. */
export async function specOf(file: string): Promise<EntitySpec> {
  const [spec] = await loadSpecs(fileURLToPath(new URL(`../${file}`, import.meta.url)))
  if (spec === undefined) throw new Error(`${file} declares no entity type`)
  return spec
}
