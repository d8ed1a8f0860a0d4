import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { Request } from 'express'
import { Problem } from '../http/problem.js'

/** Maximum bytes of a body, compressed and decompressed; no provider sends a tenth of it. */
const LARGEST = 32 * 1024
/** At most this many bytes of a refused body are read and dropped, so that its sender receives the answer. */
const LARGEST_LEFTOVER = 1024 * 1024

const DECODERS: Readonly<Record<string, (bytes: Buffer, limits: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/**
 * Refuses a body by its Content-Length, before any of it is read.
 * @throws Problem 413
 */
export function refuseLargeBody(request: Request): void {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > LARGEST_LEFTOVER) request.res?.setHeader('Connection', 'close')
  if (length > LARGEST) throw tooLarge()
}

/**
 * Returns the body's bytes for every content type, because signatures cover the bytes. Empty for a GET, whose body has
 * no meaning.
 * @throws Problem 413 beyond 32 KB, 415 for an unknown encoding, 400 when it cannot be decompressed
 */
export async function readArrivalBody(request: Request): Promise<Buffer> {
  if (request.method === 'GET') return Buffer.alloc(0)
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase()
  const decode = DECODERS[encoding]
  if (decode === undefined && encoding !== '' && encoding !== 'identity') {
    throw new Problem(415, 'unsupported_media_type', 'Send the body without encoding, or in gzip, deflate or br')
  }
  const bytes = await received(request)
  if (decode === undefined || bytes.length === 0) return bytes
  try {
    return await decode(bytes, { maxOutputLength: LARGEST })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new Problem(400, 'invalid_request', 'The body cannot be decompressed')
  }
}

async function received(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    // leaving the loop must not end the connection, because the answer goes over it
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size > LARGEST) {
        // the length of the rest is unknown
        request.res?.setHeader('Connection', 'close')
        throw tooLarge()
      }
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(400, 'invalid_request', 'The body is incomplete: the connection ended')
  }
  return Buffer.concat(chunks)
}

const tooLarge = (): Problem => new Problem(413, 'too_large', `An arrival's body is at most ${LARGEST / 1024} KB`)
