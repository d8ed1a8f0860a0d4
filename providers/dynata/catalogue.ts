import type { z } from 'zod'
import { type Money, parseMoney } from '../../domain/money.js'
import type { Survey } from '../../domain/survey.js'
import type { PanelistMatch, PartnerOffer } from '../adapter.js'
import { firstIssue } from '../kit/unreadable.js'
import type { DynataConnection } from './config.js'
import { isTrackable } from './entry.js'
import { identity, type WireSurvey, wireOffer, wireSurvey } from './wire.js'

/** "A default of 10 is provided", "a default of 20 is provided": exactly these values mean "not measured yet" (D5). */
const DEFAULT_LOI_MINUTES = 10
const DEFAULT_IR_PERCENT = 20

/** Offers are not surveys: the prefix keeps their ids apart from survey ids (a hash, or digits). */
const OFFER_PREFIX = 'offer:'

type Read<Item> = { readonly item: Item | 'unpriced' } | PanelistMatch['unreadable'][number]

/**
 * Reads both lists of an answer. Every record becomes an item, unpriced or unreadable; a bad one does not affect the
 * others.
 * @param country the panelist's, alpha-3: the answer names none
 */
export function readLists(
  lists: { readonly surveys: readonly unknown[]; readonly offers?: readonly unknown[] | null | undefined },
  config: DynataConnection,
  country: string,
): Omit<PanelistMatch, 'notice'> {
  const surveys = once(
    lists.surveys.map((given) => readSurvey(given, config, country)),
    (survey) => survey,
  )
  const offers = once(
    (lists.offers ?? []).map((given) => readOffer(given, config, country)),
    ({ survey }) => survey,
  )
  return {
    surveys: surveys.items,
    offers: offers.items,
    unreadable: [...surveys.unreadable, ...offers.unreadable],
    unpriced: surveys.unpriced + offers.unpriced,
  }
}

/** Takes the first record of an id only: with two, it is unknown which one a session was for. */
function once<Item>(read: readonly Read<Item>[], surveyOf: (item: Item) => Survey) {
  const items: Item[] = []
  const unreadable: PanelistMatch['unreadable'][number][] = []
  const seen = new Set<string>()
  let unpriced = 0
  for (const one of read) {
    if (!('item' in one)) unreadable.push(one)
    else if (one.item === 'unpriced') unpriced += 1
    else {
      const { providerSurveyId } = surveyOf(one.item)
      if (seen.has(providerSurveyId)) unreadable.push({ providerSurveyId, reason: 'duplicate id' })
      else items.push(one.item)
      seen.add(providerSurveyId)
    }
  }
  return { items, unreadable, unpriced }
}

function readSurvey(given: unknown, config: DynataConnection, country: string): Read<Survey> {
  const read = wireSurvey.safeParse(given)
  return read.success ? surveyOf(read.data, config, country) : unreadable(given, read.error)
}

function readOffer(given: unknown, config: DynataConnection, country: string): Read<PartnerOffer> {
  const read = wireOffer.safeParse(given)
  if (!read.success) return unreadable(given, read.error)
  const offer = read.data
  const { id, cpi, link } = offer
  const asSurvey = surveyOf({ id: `${OFFER_PREFIX}${id}`, cpi, link }, config, country)
  if (!('item' in asSurvey)) return asSurvey
  if (asSurvey.item === 'unpriced') return { item: 'unpriced' }
  return {
    item: {
      survey: asSurvey.item,
      headline: offer.headline_text ?? '',
      requirements: offer.requirements_text ?? offer.requirement_text ?? '',
      free: offer.free ?? offer.Free ?? null,
      creditCardRequired: offer.credit_card_required ?? null,
      tags: offer.offer_filter_tag ?? [],
    },
  }
}

function surveyOf(
  { id, average_loi, incidence_rate, cpi, link }: Partial<WireSurvey> & Pick<WireSurvey, 'id' | 'link'>,
  config: DynataConnection,
  country: string,
): Read<Survey> {
  if (!isTrackable(link, config)) {
    const reason = 'link: not an https address that ends in sub_id='
    return { providerSurveyId: id, reason }
  }
  let price: Money | null
  try {
    price = priceOf(cpi, config)
  } catch (error) {
    if (error instanceof RangeError) return { providerSurveyId: id, reason: `cpi: ${error.message}` }
    throw error
  }
  if (price === null) return { item: 'unpriced' }
  const loi = average_loi ?? DEFAULT_LOI_MINUTES
  const ir = incidence_rate ?? DEFAULT_IR_PERCENT
  const assumed = [
    ...(loi === DEFAULT_LOI_MINUTES ? (['loi'] as const) : []),
    ...(ir === DEFAULT_IR_PERCENT ? (['ir'] as const) : []),
  ]
  return {
    item: {
      providerSurveyId: id,
      status: 'open',
      country,
      locale: null,
      loiMinutes: Math.max(1, Math.ceil(loi)),
      irPercent: ir,
      // "a proxy for the conversion rate of the survey"
      conversionPercent: ir,
      ...(assumed.length === 0 ? {} : { assumed }),
      price,
      availableCompletes: null,
      devices: null,
      finishAt: null,
      groupId: null,
      projectId: null,
      resumeAllowed: false,
      clauses: [],
      quotas: [],
      additionalQualifications: 0,
      fullQuotaTerminates: false,
      entry: { url: link },
      enterable: true,
    },
  }
}

/**
 * "The amount we'll pay you for each complete", a decimal in the connection's currency. Absent, blank or zero means no
 * price, not a price of 0: the operator's assumed price applies, and without one the survey has none.
 * @throws RangeError for what is not an amount
 */
function priceOf(cpi: string | null | undefined, config: DynataConnection): Money | null {
  const given = cpi === null || cpi === undefined || cpi === '' ? null : parseMoney(cpi, config.currency)
  if (given !== null && given.amountMinor < 0n) throw new RangeError(`${cpi} is negative`)
  if (given !== null && given.amountMinor > 0n) return given
  return config.priceWithoutCpi === null ? null : parseMoney(config.priceWithoutCpi, config.currency)
}

function unreadable(given: unknown, error: z.ZodError): PanelistMatch['unreadable'][number] {
  return { providerSurveyId: identity.parse(given).id ?? null, reason: firstIssue(error) }
}
