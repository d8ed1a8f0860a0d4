import { randomInt, randomUUID } from 'node:crypto'
import type { QuotaIds } from '../../domain/template/buyer-survey.js'

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Random letters and digits. */
export const randomText = (length: number, alphabet: string = LETTERS_AND_DIGITS): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** Ids as the document's answers have them: 15 letters and digits, and a UUID. */
export const quotaIds: QuotaIds = { buyerQuotaId: () => randomText(15), psQuotaId: () => randomUUID() }
