// The states found so far, in the order they were found: an open-addressing hash set on typed arrays. Linear probing,
// at most half full. Looking a state up touches one array: the id is only read by who asks for it.
// Its benchmark is b09-model-checker.

/** No packed state is negative. */
const free = -1

/** A growing set of packed states; a state's id is its place in the order of discovery. */
export class StateSet {
  /** Low words, by id. */
  lows: Float64Array = new Float64Array(1024)
  /** High words, by id; empty when states are one word. */
  highs: Float64Array
  size = 0
  readonly #isWide: boolean
  /** Low word of the state in each slot. */
  #keys: Float64Array = new Float64Array(2048).fill(free)
  /** Id of the state in each slot. */
  #ids: Int32Array = new Int32Array(2048)
  #mask = 2047

  constructor(isWide: boolean) {
    this.#isWide = isWide
    this.highs = new Float64Array(isWide ? 1024 : 0)
  }

  /** The slot of a state, or -1 - slot when it is new; `insert` takes that slot if nothing happened in between. */
  find(low: number, high: number): number {
    const mask = this.#mask
    const keys = this.#keys
    let slot = hash(low, high) & mask
    for (;;) {
      const key = keys[slot] as number
      if (key === low && (!this.#isWide || this.highs[this.#ids[slot] as number] === high)) return slot
      if (key === free) return -1 - slot
      slot = (slot + 1) & mask
    }
  }

  /** The id of the state in a slot. */
  idAt(slot: number): number {
    return this.#ids[slot] as number
  }

  /** The id of a state; -1 when it was not found. */
  idOf(low: number, high: number): number {
    const slot = this.find(low, high)
    return slot < 0 ? -1 : this.idAt(slot)
  }

  /** Adds a state that `find` did not have. @returns its id */
  insert(missing: number, low: number, high: number): number {
    const slot = -1 - missing
    const id = this.size++
    if (id === this.lows.length) this.#growOrder()
    this.lows[id] = low
    if (this.#isWide) this.highs[id] = high
    this.#keys[slot] = low
    this.#ids[slot] = id
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
    const capacity = (this.#mask + 1) * 4
    const mask = capacity - 1
    const keys = new Float64Array(capacity).fill(free)
    const ids = new Int32Array(capacity)
    for (let id = 0; id < this.size; id++) {
      const low = this.lows[id] as number
      let slot = hash(low, this.#isWide ? (this.highs[id] as number) : 0) & mask
      while (keys[slot] !== free) slot = (slot + 1) & mask
      keys[slot] = low
      ids[slot] = id
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

/** Neighbours in number stay neighbours in memory, eight a cache line; beyond that 103 bits are mixed into 32. */
const nearBits = 3

/** Source of the mixing: the finaliser of MurmurHash3. */
function hash(low: number, high: number): number {
  const bits = low | 0
  let mixed = (bits >>> nearBits) ^ Math.imul((low / 4294967296) | 0, 0x9e3779b1)
  if (high !== 0) mixed ^= Math.imul((high | 0) ^ Math.imul((high / 4294967296) | 0, 0x85ebca6b), 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) << nearBits) | (bits & ((1 << nearBits) - 1))
}
