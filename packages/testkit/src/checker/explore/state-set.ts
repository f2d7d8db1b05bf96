// The states found so far, in the order they were found: an open-addressing hash set on typed arrays. Linear probing,
// at most half full; 0.6–1.5 million states a second depend on it allocating nothing but its arrays.
// Its benchmark is b09-model-checker.

/** A growing set of packed states; a state's id is its place in the order of discovery. */
export class StateSet {
  /** Low words, by id. */
  lows: Float64Array = new Float64Array(1024)
  /** High words, by id; empty when states are one word. */
  highs: Float64Array
  size = 0
  readonly #isWide: boolean
  /** Slot → low word of the state there; the id decides whether there is one. */
  #keys: Float64Array = new Float64Array(2048)
  /** Slot → id + 1; 0 when free. */
  #ids: Int32Array = new Int32Array(2048)
  #mask = 2047

  constructor(isWide: boolean) {
    this.#isWide = isWide
    this.highs = new Float64Array(isWide ? 1024 : 0)
  }

  /** The id of a state, or -1 - slot when it is new; `insert` takes that slot if nothing happened in between. */
  find(low: number, high: number): number {
    const mask = this.#mask
    const keys = this.#keys
    const ids = this.#ids
    let slot = hash(low, high) & mask
    for (;;) {
      const id = ids[slot] as number
      if (id === 0) return -1 - slot
      if (keys[slot] === low && (!this.#isWide || this.highs[id - 1] === high)) return id - 1
      slot = (slot + 1) & mask
    }
  }

  /** Adds a state that `find` did not have. @returns its id */
  insert(missing: number, low: number, high: number): number {
    const slot = -1 - missing
    const id = this.size++
    if (id === this.lows.length) this.#growOrder()
    this.lows[id] = low
    if (this.#isWide) this.highs[id] = high
    this.#keys[slot] = low
    this.#ids[slot] = id + 1
    if (this.size * 2 > this.#mask) this.#rehash()
    return id
  }

  /** Bytes held. */
  get bytes(): number {
    return this.lows.byteLength + this.highs.byteLength + this.#keys.byteLength + this.#ids.byteLength
  }

  #growOrder(): void {
    this.lows = grown(this.lows)
    if (this.#isWide) this.highs = grown(this.highs)
  }

  #rehash(): void {
    const capacity = (this.#mask + 1) * 2
    const mask = capacity - 1
    const keys = new Float64Array(capacity)
    const ids = new Int32Array(capacity)
    for (let id = 0; id < this.size; id++) {
      const low = this.lows[id] as number
      let slot = hash(low, this.#isWide ? (this.highs[id] as number) : 0) & mask
      while (ids[slot] !== 0) slot = (slot + 1) & mask
      keys[slot] = low
      ids[slot] = id + 1
    }
    this.#keys = keys
    this.#ids = ids
    this.#mask = mask
  }
}

function grown(array: Float64Array): Float64Array {
  const larger = new Float64Array(array.length * 2)
  larger.set(array)
  return larger
}

/** Mixes 53 + 53 bits into 32. Source: the finaliser of MurmurHash3. */
function hash(low: number, high: number): number {
  let mixed = (low | 0) ^ Math.imul((low / 4294967296) | 0, 0x9e3779b1)
  if (high !== 0) mixed ^= Math.imul((high | 0) ^ Math.imul((high / 4294967296) | 0, 0x85ebca6b), 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
