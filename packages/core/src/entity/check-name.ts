// Ids, tenants and keys at the boundary: any well-formed text that every storage holds alike.

/** Why a name cannot be that of a field, as `must …`; undefined when it can. Longer names do not fit an index. */
export function fieldNameProblem(name: string): string | undefined {
  return nameProblem(name, maxFieldNameBytes)
}

const maxFieldNameBytes = 255

/** Why a text cannot name something, as `must …`; undefined when it can. */
export function nameProblem(name: unknown, maxBytes: number): string | undefined {
  if (typeof name !== 'string') return 'must be a string'
  if (name === '') return 'must not be empty'
  if (name.includes('\0')) return 'must not contain NUL'
  if (!name.isWellFormed()) return 'must be well-formed Unicode, without lone surrogates'
  return Buffer.byteLength(name) <= maxBytes ? undefined : `must be at most ${maxBytes} bytes in UTF-8`
}
