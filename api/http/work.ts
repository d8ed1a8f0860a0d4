import type { Request } from 'express'

/** The largest body of an ordinary request. */
const ORDINARY_BYTES = 10 * 1024
/** The default number of offers of a match. */
const ORDINARY_OFFERS = 20
const OFFERS_A_UNIT = 40

/**
 * The units of a request's body: one, and one more for every whole 10 KB beyond the first 10 KB, because the cost of
 * reading a body depends on its size.
 */
export function unitsOfBody({ headers }: Pick<Request, 'headers'>): number {
  const bytes = Number(headers['content-length'] ?? 0)
  return 1 + (bytes > ORDINARY_BYTES ? Math.floor((bytes - ORDINARY_BYTES) / ORDINARY_BYTES) : 0)
}

/** The units of a match in addition to its body: none up to 20 offers, then one for every whole 40 more. */
export const unitsOfOffers = (limit: number): number => Math.floor(Math.max(0, limit - ORDINARY_OFFERS) / OFFERS_A_UNIT)
