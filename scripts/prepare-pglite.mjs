// Makes packages/storage-pg/assets: a PGlite data directory, initialised and migrated, that a first start unpacks instead
// of running initdb. Runs after `tsc -b`; does nothing when the image is of this PGlite and this schema already.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import {
  imageManifestUrl,
  imageUrl,
  installedPgliteVersion,
} from '../packages/storage-pg/dist/connect/prepared-image.js'
import { prepareImage } from '../packages/storage-pg/dist/prepare-image.js'

const manifest = `${JSON.stringify({ pglite: await installedPgliteVersion(), schema: await schemaDigest() })}\n`
const present = await readFile(imageManifestUrl, 'utf8').catch(() => '')
if (present !== manifest) {
  const archive = await promisify(gzip)(await prepareImage(), { level: 9 })
  await mkdir(new URL('.', imageUrl), { recursive: true })
  await writeAtomically(imageUrl, archive)
  // Last: an image without a manifest is not used.
  await writeAtomically(imageManifestUrl, manifest)
  console.log(`prepared a PGlite data directory of ${(archive.length / 1024 ** 2).toFixed(1)} MB`)
}

/** Changes when a migration is added, or an unreleased one is edited. */
async function schemaDigest() {
  const folder = new URL('../packages/storage-pg/dist/schema/migrations/', import.meta.url)
  const digest = createHash('sha256')
  for (const name of (await readdir(folder)).filter((name) => name.endsWith('.js')).sort()) {
    digest.update(await readFile(new URL(name, folder)))
  }
  return digest.digest('hex')
}

async function writeAtomically(target, content) {
  const unfinished = new URL(`${target.href}.unfinished`)
  await writeFile(unfinished, content)
  await rename(unfinished, target)
}
