/** An append-only list of 32-bit integers in one block of memory. */
export class IntegerList {
  data = new Int32Array(64)
  length = 0

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Int32Array(this.data.length * 2)
      grown.set(this.data)
      this.data = grown
    }
    this.data[this.length++] = value
  }

  at(position: number): number {
    return this.data[position] ?? 0
  }
}

/** An append-only list of doubles in one block of memory; values can be replaced. */
export class NumberList {
  data = new Float64Array(64)
  length = 0

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Float64Array(this.data.length * 2)
      grown.set(this.data)
      this.data = grown
    }
    this.data[this.length++] = value
  }

  at(position: number): number {
    return this.data[position] ?? 0
  }

  replace(position: number, value: number): void {
    this.data[position] = value
  }
}
