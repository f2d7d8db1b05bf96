// The named points of the sources: found there, so that none can be forgotten.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))

/** Every point at which the host or the storage calls its probe, sorted. */
export async function probePoints(): Promise<readonly string[]> {
  const points = new Set<string>()
  for (const name of ['actors', 'storage-pg']) {
    const folder = join(packages, name, 'src')
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.ts')) continue
      const text = await readFile(join(folder, file), 'utf8')
      for (const [, point] of text.matchAll(/(?:probe|#reach)\(\s*'([a-z_.]+)'/g)) points.add(point ?? '')
    }
  }
  return [...points].sort()
}
