/** A growing list of 32-bit integers. */
export class IntList {
  items: Int32Array
  length = 0

  constructor(capacity: number = 1024) {
    this.items = new Int32Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const larger = new Int32Array(this.items.length * 2)
      larger.set(this.items)
      this.items = larger
    }
    this.items[this.length++] = value
  }

  /** The items as an array that shares their memory. */
  view(): Int32Array {
    return this.items.subarray(0, this.length)
  }
}
