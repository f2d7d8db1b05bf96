// The exclusive hold on a PGlite directory. PGlite takes no lock of its own, and two processes on one directory lose
// acknowledged events without a sign. The lock is the kernel's: it ends with the process, however that ends.
import { mkdir, open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '@perdure/core'
import { tryLock } from 'fs-native-extensions'

/** Held until `release`, or until the process ends. */
export interface OwnerLock {
  release(): Promise<void>
}

/**
 * Takes the directory, which is created when it does not exist.
 *
 * @throws StorageError `storage_in_use` while another opener holds it, in this process or any other
 */
export async function acquireOwnerLock(directory: string): Promise<OwnerLock> {
  await mkdir(directory, { recursive: true })
  const file = await open(join(directory, 'owner.lock'), 'a+')
  try {
    if (!tryLock(file.fd)) throw await inUse(directory, file)
    await file.truncate(0)
    await file.write(`${process.pid}\n`)
  } catch (error) {
    await file.close()
    throw error
  }
  // The file stays: removing it would let a third opener lock a new one while a second holds the old.
  return { release: () => file.close() }
}

async function inUse(directory: string, file: FileHandle): Promise<StorageError> {
  const owner = (await file.readFile('utf8').catch(() => '')).trim()
  return new StorageError(
    'storage_in_use',
    `${directory} is in use${owner === '' ? '' : ` by process ${owner}`}: a PGlite directory has one owner at a time. ` +
      'Stop the other one, or use PostgreSQL to share a database between processes',
    { details: { directory, ...(owner === '' ? {} : { ownerPid: Number(owner) }) } },
  )
}
