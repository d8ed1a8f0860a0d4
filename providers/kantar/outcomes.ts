import { z } from 'zod'
import type { OutcomeReport, VerifiedArrival } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { reasonOf } from '../kit/words.js'
import type { KantarConnection } from './config.js'
import { KANTAR_WORDS } from './words.js'

const word = z.string().min(1).max(256)
const idClaim = z.union([word, z.number().int().transform(String), z.bigint().transform(String)])

/** Where our own id comes back: the router echoes `custom_panel_data`, and the document does not say where. */
const ECHOES: readonly (readonly string[])[] = [
  ['metadata', 'custom_panel_data', 'internal_id'],
  ['custom_panel_data', 'internal_id'],
  ['metadata', 'internal_id'],
]

/**
 * What an authentic outcome token means (Kantar Gateway API, PanelistSurveyOutcome). The word is compared as it is
 * spelled there, in capitals, through the connection's `outcomes` table; any other word is null.
 * A REJECTED after a COMPLETED is a reversal; reported as an outcome, because only the session's own history shows it.
 * @throws ProviderError 'misread' when session or outcome is missing
 */
export function readArrival(config: KantarConnection, arrival: VerifiedArrival): OutcomeReport {
  const route = arrival.route === 'return' ? config.returns : config.postbacks
  if (!route) throw new ProviderError('misread', `connection ${config.id} has no ${arrival.route} configured`)
  const { fields } = arrival
  const providerSessionId = required(fields, route.fields.session)
  const spoken = required(fields, route.fields.outcome)
  const metadata = own(fields, route.fields.metadata)
  const sessionId = echoOf({ ...fields, metadata })
  const panelistId = idClaim.safeParse(own(fields, route.fields.panelist))
  const providerSurveyId = idClaim.safeParse(own(fields, route.fields.survey))
  const uniqueId = word.safeParse(own(fields, 'jti'))
  const reason = reasonOf(KANTAR_WORDS, spoken)
  return {
    correlate: { ...(sessionId === null ? {} : { sessionId }), providerSessionId },
    outcome: Object.hasOwn(route.outcomes, spoken) ? (route.outcomes[spoken] ?? null) : null,
    word: spoken,
    ...(reason === null ? {} : { reason }),
    kind: 'outcome',
    ...(panelistId.success ? { panelistId: panelistId.data } : {}),
    ...(providerSurveyId.success ? { providerSurveyId: providerSurveyId.data } : {}),
    ...(uniqueId.success ? { uniqueId: uniqueId.data } : {}),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

function required(fields: VerifiedArrival['fields'], name: string): string {
  const read = word.safeParse(own(fields, name))
  if (!read.success) throw new ProviderError('misread', `the outcome has no text "${name}"`)
  return read.data
}

function echoOf(fields: Readonly<Record<string, unknown>>): string | null {
  for (const path of ECHOES) {
    let value: unknown = fields
    for (const name of path) value = own(value, name)
    const read = word.safeParse(value)
    if (read.success) return read.data
  }
  return null
}

/** An object's own member by its name, never an inherited one. */
function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
