import { pipeline, type Readable } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Deadline } from './deadline.js'
import { EgressError } from './egress-error.js'

/** The encodings that we accept; the answer's own `content-encoding` decides. */
export const ACCEPT_ENCODING = 'gzip, br, deflate'

export interface BodyLimits {
  /** The most bytes after decompression, which limits decompression bombs too. */
  readonly maxBytes: number
  readonly place: string
  readonly deadline: Deadline
  /** Turns an error of a socket or zlib into an EgressError, or into the caller's own abort reason. */
  readonly explain: (error: unknown) => unknown
}

/**
 * An answer's body: decompressed, capped and under the exchange's deadline. Leaving the loop early ends the exchange.
 * @throws EgressError 'misread' beyond the cap or for an unknown encoding; the result of `explain` for other errors
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
      `${place} answered in the encoding "${name.slice(0, 20)}", which was not requested`,
    )
  }
  // pipeline passes an error of either side to the reader of the decoder, so this callback has nothing to do
  return pipeline(raw, decoder, () => {})
}

/** A truncated gzip stream ends with an error by default; keep it, because a truncated page is invalid. */
const DECODERS: Readonly<Record<string, () => Readable & NodeJS.WritableStream>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress({ params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 } }),
}
