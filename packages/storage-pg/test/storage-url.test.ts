import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseStorageUrl } from '../src/connect/storage-url.ts'

describe('storage URL', () => {
  it.each(['postgres://u:p@h:5432/db', 'postgresql://h/db?sslmode=require'])(
    'takes %s as PostgreSQL',
    (url) => {
      expect(parseStorageUrl(url)).toEqual({ kind: 'postgres', url })
    },
  )

  it('takes pglite://memory as a database without a directory', () => {
    expect(parseStorageUrl('pglite://memory')).toEqual({ kind: 'pglite-memory' })
  })

  it.each([
    ['pglite://./.perdure', resolve('.perdure')],
    ['pglite://data/dir', resolve('data/dir')],
    ['pglite:///var/lib/app', '/var/lib/app'],
    ['pglite:///var/a%20b', '/var/a%20b'],
  ])('takes %s as the directory %s', (url, directory) => {
    expect(parseStorageUrl(url)).toEqual({ kind: 'pglite-directory', directory })
  })

  it.each([
    '',
    'perdure',
    'mysql://h/db',
    'postgres:',
    'pglite://',
    'POSTGRES://h',
    'postgres://u:p@h:port/db',
  ])('refuses "%s" as misconfigured', (url) => {
    expect(() => parseStorageUrl(url)).toThrow(expect.objectContaining({ code: 'storage_misconfigured' }))
  })

  it('keeps a password out of the message', () => {
    expect(() => parseStorageUrl('postgres://user:hunter2@host:port/db')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })
})
