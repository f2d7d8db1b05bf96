// What `openStorage` was asked to open.
import { resolve } from 'node:path'
import { StorageError } from '@perdure/core'

/** A URL, understood. */
export type StorageTarget =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'pglite-memory' }
  | { readonly kind: 'pglite-directory'; readonly directory: string }

/**
 * Understands `postgres://…`, `postgresql://…`, `pglite://memory` and `pglite://<directory>`; a directory that does not
 * begin with a slash is relative to the working directory and is taken literally, without percent-decoding.
 *
 * @throws StorageError `storage_misconfigured`
 */
export function parseStorageUrl(url: string): StorageTarget {
  if (/^postgres(?:ql)?:\/\//.test(url)) {
    if (!URL.canParse(url))
      throw misconfigured('it is not a valid URL; percent-encode special characters in user and password')
    return { kind: 'postgres', url }
  }
  if (url.startsWith('pglite://')) {
    const directory = url.slice('pglite://'.length)
    if (directory === '')
      throw misconfigured('it names no directory; for a database in memory say pglite://memory')
    return directory === 'memory'
      ? { kind: 'pglite-memory' }
      : { kind: 'pglite-directory', directory: resolve(directory) }
  }
  throw misconfigured('it must begin with postgres://, postgresql:// or pglite://')
}

/** The URL itself stays out of the message: it may hold a password. */
function misconfigured(why: string): StorageError {
  return new StorageError('storage_misconfigured', `the storage URL makes no sense: ${why}`)
}
