/** How much of a body to read to see whether it is empty, in bytes. */
const OPENING_BYTES = 512

/** A body whose beginning was read. */
export interface Opened {
  /** How it begins; the whole body if `whole`. */
  readonly text: string
  readonly whole: boolean
  /** The same body from its first byte. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Reads the beginning of a streamed body and returns it with the whole body still to read. */
export async function opened(body: AsyncIterable<Uint8Array>): Promise<Opened> {
  const chunks = body[Symbol.asyncIterator]()
  const kept: Uint8Array[] = []
  let bytes = 0
  let whole = false
  while (bytes < OPENING_BYTES && !whole) {
    const { value, done } = await chunks.next()
    if (done === true) whole = true
    else {
      kept.push(value)
      bytes += value.length
    }
  }
  return { text: Buffer.concat(kept).toString('utf8'), whole, body: replayed(kept, chunks) }
}

async function* replayed(
  kept: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* kept
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    // a reader that stops early closes the connection
    await rest.return?.()
  }
}

/**
 * True for an empty answer: no body, blanks, `null`, `[]`, `{}`. A poll that gets one succeeded and brought nothing
 * new. It is not a list without surveys: nothing is withdrawn because of it.
 */
export function isEmptyAnswer(text: string): boolean {
  return /^\uFEFF?\s*(?:null|\[\s*\]|\{\s*\})?\s*$/.test(text)
}
