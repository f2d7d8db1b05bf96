import { expect, it } from 'vitest'
import { formatBytes } from '../src/terminal/format-bytes.ts'

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1023.4 * 1024, '1023 KiB'],
  [1024 ** 2 - 1, '1 MiB'],
  [230 * 1024 ** 2, '230 MiB'],
  [1.234 * 1024 ** 4, '1.23 TiB'],
  [5000 * 1024 ** 5, '5000 PiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
