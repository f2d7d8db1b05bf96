const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** An amount of bytes as people read it: `17 bytes`, `1.5 KiB`, `230 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = bytes === 1 ? 'byte' : 'bytes'
  for (const larger of units) {
    // What would be rounded to 1024 is 1 of the next unit.
    if (value < 1023.5) break
    value /= 1024
    unit = larger
  }
  return `${Number(value.toPrecision(value < 1000 ? 3 : 4))} ${unit}`
}
