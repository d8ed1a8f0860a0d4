import { z } from 'zod'
import type { Keyset } from '../../db/read-models/keyset.js'

const Place = z.tuple([z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/), z.uuid()])

/** Encodes the end of a page as the opaque `next_cursor`; null for the last page. */
export function cursorOf(keyset: Keyset | null): string | null {
  return keyset === null ? null : Buffer.from(JSON.stringify([keyset.at, keyset.id])).toString('base64url')
}

/** Query field `cursor`: accepts only the value of a `next_cursor`. */
export const cursor = z
  .string({ error: 'must be text' })
  .transform((given, context): Keyset => {
    const place = Place.safeParse(fromJson(given))
    if (place.success && isInstant(place.data[0])) return { at: place.data[0], id: place.data[1] }
    context.addIssue({ code: 'custom', message: 'must be a next_cursor of this list' })
    return z.NEVER
  })
  .meta({ description: '`next_cursor` of the page before; opaque' })

/** Query field `limit`. */
export const pageSize = (standard: number, most: number) =>
  z
    .string({ error: `must be a whole number from 1 to ${most}` })
    .regex(/^\d{1,6}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= most, `must be a whole number from 1 to ${most}`)
    .default(standard)
    .meta({ type: 'integer', minimum: 1, maximum: most, default: standard })

/** Query field of an instant: a date (its midnight in UTC) or a stamp; without a zone it is UTC. */
export const instant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
    error: 'must be a date such as 2026-01-31 or a stamp such as 2026-01-31T09:30:00Z',
  })
  .refine(isNearOurTime, 'must be between the years 1900 and 2999')
  .transform(
    (given) => new Date(/T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(given) || !given.includes('T') ? given : `${given}Z`),
  )
  .meta({ type: 'string', example: '2026-01-31' })

/** Query field of a date: its midnight in UTC. */
export const utcDate = z.iso
  .date({ error: 'must be a date such as 2026-01-31' })
  .refine(isNearOurTime, 'must be between the years 1900 and 2999')
  .transform((given) => new Date(given))
  .meta({ type: 'string', format: 'date', example: '2026-01-31' })

/** True for a day that exists in its month: JavaScript accepts February 30, PostgreSQL does not. */
export function isRealDay(stamp: string): boolean {
  const at = new Date(stamp)
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === stamp.slice(0, 10)
}

/**
 * For a query with `from` and `to`: a range that ends before it begins is invalid, not an empty list. Equal values are
 * the empty range, because ranges are half-open.
 */
export function inOrder({ from, to }: { readonly from?: Date | undefined; readonly to?: Date | undefined }): boolean {
  return from === undefined || to === undefined || from <= to
}
export const NOT_IN_ORDER = { path: ['to'], error: 'must not be before from: the range is from ≤ t < to' }

/** True for 1900 to 2999: PostgreSQL has no year 0, and a stamp of the year 9999 is a mistake of the sender. */
function isNearOurTime(given: string): boolean {
  const year = Number(given.slice(0, 4))
  return year >= 1900 && year <= 2999
}

const isInstant = (stamp: string): boolean => isRealDay(stamp) && isNearOurTime(stamp)

function fromJson(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
