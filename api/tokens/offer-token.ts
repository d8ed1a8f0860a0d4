import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import { type Money, money } from '../../domain/money.js'
import { type SealKey, seal, sealKey, unseal } from '../../platform/signing/offer-token.js'

/** Contract §4: an offer is valid 15 minutes. */
export const OFFER_TTL_MS = 15 * 60_000

/** The terms of an offer. The offer id itself carries them, so that a match writes nothing. */
export interface OfferTerms {
  readonly panel: string
  readonly surveyId: string
  readonly quotaId: string | null
  /** The price that the offer showed. */
  readonly price: Money
  readonly expiresAt: Date
  /** For a survey of this panelist alone: the circumstances in which it was found. */
  readonly circumstances?: string | null
}

/** The terms read from an offer id. */
export interface ReadOffer {
  readonly surveyId: string
  /** `quotaKey` of the quota it was made at; null without quotas. */
  readonly quotaKey: string | null
  readonly price: Money
  /** The circumstances under which a survey of this panelist alone is stored; null = it is in the catalogue. */
  readonly circumstances: string | null
  readonly expired: boolean
}

const payload = z.object({
  p: z.string(),
  h: z.string(),
  s: z.string(),
  q: z.string().optional(),
  m: z.string().regex(/^\d+$/),
  c: z.string().regex(/^[A-Z]{3}$/),
  l: z.string().optional(),
})

/** Offer ids: opaque, at most 1,024 characters, valid for one panel and one panelist. */
export class OfferTokens {
  readonly #sealKey: SealKey
  #hashed: { readonly whose: string; readonly hash: string } | null = null

  /** @param secret at least 32 bytes, the same for every API process */
  constructor(private readonly secret: Buffer) {
    this.#sealKey = sealKey(secret, 'offer')
  }

  issue(terms: OfferTerms, panelistId: string): string {
    return seal(
      {
        p: terms.panel,
        h: this.#panelist(terms.panel, panelistId),
        s: terms.surveyId,
        ...(terms.quotaId === null ? {} : { q: quotaKey(terms.quotaId) }),
        m: terms.price.amountMinor.toString(),
        c: terms.price.currency,
        ...(terms.circumstances ? { l: terms.circumstances } : {}),
      },
      this.#sealKey,
      terms.expiresAt,
    )
  }

  /** Reads an offer of this panel and panelist. @returns null when it is unreadable or was made for others */
  read(offerId: string, panel: string, panelistId: string, now: Date): ReadOffer | null {
    const token = unseal(offerId, this.#sealKey, now)
    const terms = payload.safeParse(token?.payload)
    if (token === null || !terms.success) return null
    const { p, h, s, q, m, c, l } = terms.data
    if (p !== panel || h !== this.#panelist(panel, panelistId)) return null
    return {
      surveyId: s,
      quotaKey: q ?? null,
      price: money(BigInt(m), c),
      circumstances: l ?? null,
      expired: token.expired,
    }
  }

  /** A keyed hash, so that the token does not reveal the panelist. */
  #panelist(panel: string, panelistId: string): string {
    const whose = `${panel}\0${panelistId}`
    // cached, because all offers of one match are for one panelist: 199 of 200 hashes would be repeats
    if (this.#hashed?.whose !== whose) {
      const hash = createHmac('sha256', this.secret).update(whose).digest('base64url').slice(0, 22)
      this.#hashed = { whose, hash }
    }
    return this.#hashed.hash
  }
}

/** Providers' quota ids may be long: the token holds the hash of a long one. */
export function quotaKey(quotaId: string): string {
  return quotaId.length <= 64 ? quotaId : `#${createHash('sha256').update(quotaId).digest('base64url')}`
}
