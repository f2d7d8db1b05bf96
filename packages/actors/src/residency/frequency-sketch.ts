// How often keys were asked for lately, in a few bytes a key: a count-min sketch with four rows of small counters that
// are halved once in a while, so that the past fades. After Einziger, Friedman and Manes, "TinyLFU: A Highly Efficient
// Cache Admission Policy", ACM Transactions on Storage 13(4), 2017.

const rows = 4
const maxCount = 15
/** Counts are halved after this many additions per key that the sketch is made for. */
const additionsPerKey = 10

/** Estimates frequencies of about as many keys as it is made for. Never too low within a period, at times too high. */
export class FrequencySketch {
  readonly #counts: Uint8Array
  readonly #mask: number
  readonly #period: number
  #additions = 0

  constructor(keys: number) {
    const width = 2 ** Math.ceil(Math.log2(Math.max(16, keys)))
    this.#mask = width - 1
    this.#counts = new Uint8Array(width * rows)
    this.#period = keys * additionsPerKey
  }

  /** One more request for the key. */
  add(key: string): void {
    const hash = hashOf(key)
    for (let row = 0; row < rows; row++) {
      const cell = this.#cell(hash, row)
      const count = this.#counts[cell] ?? 0
      if (count < maxCount) this.#counts[cell] = count + 1
    }
    this.#additions += 1
    if (this.#additions >= this.#period) this.#fade()
  }

  /** About how often it was added lately, 0 to 15. */
  estimate(key: string): number {
    const hash = hashOf(key)
    let least = maxCount
    for (let row = 0; row < rows; row++) least = Math.min(least, this.#counts[this.#cell(hash, row)] ?? 0)
    return least
  }

  /** The rows look at different bits of one hash. */
  #cell(hash: number, row: number): number {
    const mixed = Math.imul(hash ^ (hash >>> (row * 4 + 3)), 0x9e3779b1 + row * 2)
    return row * (this.#mask + 1) + ((mixed ^ (mixed >>> 15)) & this.#mask)
  }

  #fade(): void {
    for (let cell = 0; cell < this.#counts.length; cell++)
      this.#counts[cell] = (this.#counts[cell] ?? 0) >>> 1
    this.#additions >>>= 1
  }
}

/** FNV-1a over UTF-16 units: keys are short and come from us. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash
}
