/** Reads one item ahead of its consumer, so that the next batch is parsed while this one is written. */
export async function* ahead<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const pull = (): Promise<IteratorResult<Item>> => {
    const pending = iterator.next()
    // a failure is told when its turn comes; until then it is not an unhandled one
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
