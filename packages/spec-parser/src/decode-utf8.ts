/** Bytes as text, or the text up to where they are no UTF-8. */
export type DecodeResult =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'notUtf8'; readonly before: string }

/** Decodes strictly: nothing is replaced, and a byte order mark at the start is dropped. */
export function decodeUtf8(bytes: Uint8Array): DecodeResult {
  const text = decodePrefix(bytes, bytes.length, false)
  if (text !== undefined) return { kind: 'text', text }
  // A prefix that ends inside a character is fine so far, so the longest one that is has everything before the fault.
  let good = 0
  for (let bad = bytes.length + 1; bad - good > 1;) {
    const middle = (good + bad) >>> 1
    if (decodePrefix(bytes, middle, true) === undefined) bad = middle
    else good = middle
  }
  return { kind: 'notUtf8', before: decodePrefix(bytes, good, true) ?? '' }
}

function decodePrefix(bytes: Uint8Array, length: number, isPartial: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: isPartial })
  } catch {
    return undefined
  }
}
