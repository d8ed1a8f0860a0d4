import type { Request } from 'express'

/** A request whose body is no larger is an ordinary one. */
const ORDINARY_BYTES = 10 * 1024
/** As many offers as a match gives where nothing is said. */
const ORDINARY_OFFERS = 20
const OFFERS_A_UNIT = 40

/**
 * What a request's body is worth: one unit, and one more for every whole 10 KB beyond the first 10 KB. Reading a body
 * costs by its size, whatever is in it.
 */
export function unitsOfBody({ headers }: Pick<Request, 'headers'>): number {
  const bytes = Number(headers['content-length'] ?? 0)
  return 1 + (bytes > ORDINARY_BYTES ? Math.floor((bytes - ORDINARY_BYTES) / ORDINARY_BYTES) : 0)
}

/** What a match is worth beyond its request: nothing up to 20 offers, then one unit for every whole 40 more. */
export const unitsOfOffers = (limit: number): number => Math.floor(Math.max(0, limit - ORDINARY_OFFERS) / OFFERS_A_UNIT)
