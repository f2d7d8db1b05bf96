// A PGlite data directory made ahead of time (scripts/prepare-pglite.mjs), schema included: unpacking it takes a tenth of
// what initdb takes. Optional: without it, or when it was made for another PGlite, opening works as ever, only slower.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** Where the image lies, beside `src` and `dist` alike. */
export const imageUrl: URL = new URL('../../assets/pglite-data.tar.gz', import.meta.url)
/** What the image was made for: `{ pglite, schema }`, a version and a digest of the migrations. */
export const imageManifestUrl: URL = new URL('../../assets/pglite-data.json', import.meta.url)

/** The version of PGlite that is installed; an image of another version is not used. */
export async function installedPgliteVersion(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest = JSON.parse(await readFile(join(dirname(main), '..', 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}

/** The image as a tar archive, or undefined when there is none that fits. */
export async function readPreparedImage(): Promise<Buffer | undefined> {
  try {
    const manifest = JSON.parse(await readFile(imageManifestUrl, 'utf8')) as { pglite: string }
    if (manifest.pglite !== (await installedPgliteVersion())) return undefined
    return await promisify(gunzip)(await readFile(imageUrl))
  } catch {
    return undefined
  }
}

/** Unpacks a tar archive as PGlite makes them: plain files and directories, names of at most 100 bytes. */
export async function unpackTar(archive: Buffer, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const { name, body } of tarEntries(archive)) {
    const path = join(directory, name)
    if (body === undefined) {
      await mkdir(path, { recursive: true, mode: 0o700 })
    } else {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(path, body, { mode: 0o600 })
    }
  }
}

function* tarEntries(archive: Buffer): Generator<{ name: string; body: Buffer | undefined }> {
  for (let offset = 0; offset < archive.length;) {
    const header = archive.subarray(offset, offset + 512)
    const name = textOf(header.subarray(0, 100))
    if (name === '') return
    const size = Number.parseInt(textOf(header.subarray(124, 136)), 8) || 0
    const isDirectory = header[156] === '5'.charCodeAt(0)
    yield { name, body: isDirectory ? undefined : archive.subarray(offset + 512, offset + 512 + size) }
    offset += 512 + Math.ceil(size / 512) * 512
  }
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end).trim()
}
