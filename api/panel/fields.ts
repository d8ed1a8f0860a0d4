import { isIP } from 'node:net'
import { z } from 'zod'
import { countryOf } from '../../domain/country.js'
import { ageOn } from '../../domain/panelist.js'
import { isCountry } from '../../platform/config/iso-codes.js'

/** A profile has at most this many attributes, and at most this many bytes as JSON. */
const MOST_ATTRIBUTES = 500
const LARGEST_PROFILE_BYTES = 64 * 1024
/** A panel may attach at most this many bytes of JSON to a session (docs/api.md, Limits). */
const LARGEST_CUSTOM_DATA_BYTES = 1024

// PostgreSQL stores neither NUL nor half a surrogate pair, and no id of ours needs a control character
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u

/** Text of `least` to `most` characters (code points) without control characters; one message for every fault. */
export const text = (least: number, most: number) =>
  z
    .string({ error: 'must be text' })
    .refine((given) => {
      const length = given.length > 2 * most ? Number.POSITIVE_INFINITY : [...given].length
      return length >= least && length <= most && !UNPRINTABLE.test(given)
    }, `must be ${least} to ${most} characters without control characters`)
    .meta({ minLength: least, maxLength: most })

export const panelistId = text(1, 256).meta({ description: "The panel's own id of the panelist", example: 'p-1001' })

export const country = z
  .string({ error: 'must be text' })
  .refine(isCountry, 'must be an ISO 3166-1 alpha-3 country code in capitals, such as USA')
  .transform((given) => countryOf(given) ?? given)
  .meta({ type: 'string', description: 'ISO 3166-1 alpha-3', pattern: '^[A-Z]{3}$', example: 'USA' })

export const locale = z
  .string({ error: 'must be text' })
  .regex(/^[a-z]{2,3}-[A-Z]{2}$/, 'must be a locale: language, dash, country, such as en-US')
  .meta({ example: 'en-US' })

export const dateOfBirth = z
  .string({ error: 'must be text' })
  .refine((day) => ageOn(day, new Date()) !== null, 'must be a real date of the past, such as 1990-04-23')
  .meta({
    format: 'date',
    description: 'Replaces `age`, which is calculated on the day of the request',
    example: '1990-04-23',
  })

export const device = z.enum(['desktop', 'mobile', 'tablet'], { error: 'must be desktop, mobile or tablet' })

export const userIp = z
  .string({ error: 'must be text' })
  .refine((address) => isIP(address) !== 0, 'must be an IPv4 or IPv6 address')
  .meta({ description: "The respondent's address, not your server's", example: '203.0.113.7' })

export const userAgent = text(0, 1024)

const profileText = text(0, 4096)
const profileNumber = z.number({ error: 'must be text, a number, or a list of them' })
const profileValue = z.union([profileText, profileNumber, z.array(z.union([profileText, profileNumber])).max(1_000)], {
  error: 'must be text, a number, or a list of them, without control characters',
})

/** Attribute -> answer: canonical names (`sex`), or a provider's own words (`toluna:1001033`). */
export const profile = z
  .record(text(1, 256), profileValue, { error: 'must be an object: attribute name -> answer' })
  .superRefine((given, context) => {
    const count = Object.keys(given).length
    if (count > MOST_ATTRIBUTES)
      context.addIssue({ code: 'custom', message: `has ${count} attributes, at most ${MOST_ATTRIBUTES} are taken` })
    if (Buffer.byteLength(JSON.stringify(given)) > LARGEST_PROFILE_BYTES)
      context.addIssue({ code: 'custom', message: 'is larger than 64 KB' })
    if (given.date_of_birth !== undefined && !dateOfBirth.safeParse(given.date_of_birth).success)
      context.addIssue({
        code: 'custom',
        path: ['date_of_birth'],
        message: 'must be a real date of the past, such as 1990-04-23',
      })
  })
  .meta({
    id: 'Profile',
    description:
      'Answers by attribute, as `GET /v1/attributes` lists them. Several answers are a list, or codes joined by `|`. Names are the canonical ones (`age`, `sex`, `pets`, …; `date_of_birth` may stand for `age`), or a provider\'s own (`"toluna:1001033": "2000441"`). At most 500 attributes and 64 KB.',
    example: { age: 34, sex: 'female', pets: '1|2|4' },
  })

/** Data of the panel that redirects and postbacks return. */
export const customPanelData = z
  .record(z.string(), z.unknown(), { error: 'must be an object' })
  .superRefine((given, context) => {
    if (Buffer.byteLength(JSON.stringify(given)) > LARGEST_CUSTOM_DATA_BYTES)
      context.addIssue({ code: 'custom', message: 'is larger than 1 KB' })
    else if (!isStorable(given))
      context.addIssue({ code: 'custom', message: 'holds a NUL character or half a surrogate pair' })
  })
  .meta({
    description: 'Yours: comes back in redirects and postbacks. At most 1 KB of JSON.',
    example: { click: 'c-77' },
  })

function isStorable(value: unknown): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this looks for NUL
  if (typeof value === 'string') return !/[\u0000\p{Cs}]/u.test(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item))
}

export const money = z
  .object({
    amount_minor: z.int().meta({ description: 'Integer minor units: 150 USD is 1.50', example: 150 }),
    currency: z.string().meta({ description: 'ISO 4217', example: 'USD' }),
  })
  .meta({ id: 'Money' })

export const reward = z
  .object({
    amount: z.int().meta({ example: 75 }),
    currency: z
      .string()
      .meta({ description: '`points`, or ISO 4217 with the amount in minor units', example: 'points' }),
  })
  .meta({ id: 'Reward' })

export const stamp = z.string().meta({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
