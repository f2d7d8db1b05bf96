import { describe, expect, it } from 'vitest'
import { byteCount, duration } from '../src/commands/parse-units.ts'

describe('an amount of bytes', () => {
  it.each([
    ['0', 0],
    ['1000', 1000],
    ['10b', 10],
    ['1KB', 1000],
    ['1kib', 1024],
    ['1.5 MiB', 1_572_864],
    ['2GB', 2_000_000_000],
    ['10GiB', 10_737_418_240],
    ['1TiB', 1_099_511_627_776],
  ])('is read from %s', (text, bytes) => {
    expect(byteCount(text)).toBe(bytes)
  })

  it.each(['', 'MB', '-1', '1e9', '1 PiB', 'much', '99999999TB', '1.5.5MB', 'NaN'])(
    'is not in "%s"',
    (text) => {
      expect(() => byteCount(text)).toThrow('amount of bytes')
    },
  )
})

describe('a span of time', () => {
  it.each([
    ['0', 0],
    ['500ms', 500],
    ['45s', 45_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['1.5h', 5_400_000],
    ['90d', 7_776_000_000],
    ['2w', 1_209_600_000],
  ])('is read from %s', (text, milliseconds) => {
    expect(duration(text)).toBe(milliseconds)
  })

  it.each(['', '90', 'd', '-1d', '1y', '1M', '1e3s', '999999999999d'])('is not in "%s"', (text) => {
    expect(() => duration(text)).toThrow('span of time')
  })
})
