/** Reads one item ahead of its consumer, so that the next batch is parsed while this one is written. */
export async function* ahead<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const pull = (): Promise<IteratorResult<Item>> => {
    const pending = iterator.next()
    // the reader gets a failure in its turn; until then it must not count as an unhandled rejection
    pending.catch(() => {})
    return pending
  }
  try {
    let pending = pull()
    for (;;) {
      const result = await pending
      if (result.done) return
      pending = pull()
      yield result.value
    }
  } finally {
    await iterator.return?.()
  }
}
