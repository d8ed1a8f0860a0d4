import { pipeline, type Readable } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Deadline } from './deadline.js'
import { EgressError } from './egress-error.js'

/** What we say we can read; the answer's own `content-encoding` decides. */
export const ACCEPT_ENCODING = 'gzip, br, deflate'

export interface BodyLimits {
  /** Bytes at most, after decompression: a small bomb is as large as what it unpacks to. */
  readonly maxBytes: number
  readonly place: string
  readonly deadline: Deadline
  /** Turns what a socket or zlib threw into an EgressError, or into the caller's own reason to stop. */
  readonly explain: (error: unknown) => unknown
}

/**
 * An answer's body: decompressed, capped and under the exchange's deadline. Leaving the loop early ends the exchange.
 * @throws EgressError 'misread' beyond the cap or for an encoding we do not know; what `explain` makes of other errors
 */
export async function* readBody(
  raw: Readable,
  encoding: string | undefined,
  limits: BodyLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { deadline, maxBytes, place } = limits
  const source = decoded(raw, encoding, place)
  const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  let bytes = 0
  let ended = false
  try {
    for (;;) {
      deadline.start()
      const next = await chunks.next()
      deadline.pause()
      if (next.done) {
        ended = true
        return
      }
      bytes += next.value.length
      if (bytes > maxBytes)
        throw new EgressError('misread', `${place} answered more than ${maxBytes} bytes`, { url: place })
      yield next.value
    }
  } catch (error) {
    throw limits.explain(error)
  } finally {
    deadline.release()
    if (!ended) {
      source.destroy()
      raw.destroy()
    }
  }
}

function decoded(raw: Readable, encoding: string | undefined, place: string): Readable {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return raw
  const decoder = DECODERS[name]?.()
  if (!decoder) {
    raw.destroy()
    throw new EgressError(
      'misread',
      `${place} answered in the encoding "${name.slice(0, 20)}", which was not asked for`,
    )
  }
  // pipeline hands an error of either side to the reader of the decoder; there is nothing else to do with it here
  return pipeline(raw, decoder, () => {})
}

/** A cut gzip stream ends with an error by default; so it must, a cut page is no page. */
const DECODERS: Readonly<Record<string, () => Readable & NodeJS.WritableStream>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress({ params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 } }),
}
