// Content addressing: SHA-256 over the bytes a value has in canonical JSON. The only hash of content in the project.
import { createHash } from 'node:crypto'

/** SHA-256 of the bytes (a string counts as its UTF-8), lower-case hex, 64 characters. */
export function hashContent(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}
