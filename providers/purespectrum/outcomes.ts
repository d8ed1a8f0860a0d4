import { z } from 'zod'
import type { OutcomeReport, VerifiedArrival } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { reasonOf } from '../kit/words.js'
import type { PureSpectrumConnection } from './config.js'
import { PURESPECTRUM_WORDS } from './words.js'

const word = z.string().min(1).max(256)
/** Codes and ids are numbers in JSON, text in a query. */
const text = z.union([word, z.number().int().transform(String), z.bigint().transform(String)])

/** ps_rstatus of a complete: the meaning of a callback without a word. */
const COMPLETE = '21'

type Fields = VerifiedArrival['fields']

/**
 * What an authentic arrival means (public pages, Supplier redirects and S2S callbacks). Codes are compared as they are
 * spelled, through the connection's `outcomes` table; any other word is null.
 * @throws ProviderError 'misread' when the session or a required word is missing
 */
export function readArrival(config: PureSpectrumConnection, arrival: VerifiedArrival): OutcomeReport {
  if (arrival.route === 'return') return readReturn(config, arrival.fields)
  if (arrival.name === 'complete') return readComplete(config, arrival.fields)
  if (arrival.name === 'reversal') return readReversal(config, arrival.fields)
  throw new ProviderError('misread', `connection ${config.id} expects no postback "${arrival.name.slice(0, 40)}"`)
}

function readReturn(config: PureSpectrumConnection, fields: Fields): OutcomeReport {
  const route = configured(config.returns, config, 'return')
  const spoken = required(fields, route.fields.outcome)
  return {
    correlate: { sessionId: required(fields, route.fields.session) },
    outcome: meaning(route.outcomes, spoken),
    word: spoken,
    ...why(spoken),
    kind: 'outcome',
  }
}

/**
 * POST: the postback itself means complete and names the member and the survey. Its cpi is not the price we are paid
 * (docs/money.md, Amounts).
 */
function readComplete(config: PureSpectrumConnection, fields: Fields): OutcomeReport {
  const route = configured(config.postbacks.complete, config, 'complete')
  const panelistId = optional(fields, route.fields.member)
  const providerSurveyId = optional(fields, route.fields.survey)
  const said = { cpi: own(fields, route.fields.price), survey_LOI: own(fields, route.fields.loi) }
  return {
    correlate: { sessionId: required(fields, route.fields.session) },
    outcome: 'COMPLETED',
    word: COMPLETE,
    ...why(COMPLETE),
    kind: 'outcome',
    ...(panelistId === undefined ? {} : { panelistId }),
    ...(providerSurveyId === undefined ? {} : { providerSurveyId }),
    metadata: said,
  }
}

/** GET: the status has changed. It applies only while the current one is its `oldStatus`. */
function readReversal(config: PureSpectrumConnection, fields: Fields): OutcomeReport {
  const route = configured(config.postbacks.reversal, config, 'reversal')
  const spoken = required(fields, route.fields.outcome)
  return {
    correlate: { sessionId: required(fields, route.fields.session) },
    outcome: meaning(route.outcomes, spoken),
    word: spoken,
    ...why(spoken),
    kind: 'reversal',
    takesBack: required(fields, route.fields.previous),
    metadata: { supCpi: own(fields, route.fields.price) },
  }
}

function why(spoken: string): Pick<OutcomeReport, 'reason'> {
  const reason = reasonOf(PURESPECTRUM_WORDS, spoken)
  return reason === null ? {} : { reason }
}

function configured<Route>(route: Route | null, config: PureSpectrumConnection, name: string): Route {
  if (route === null) throw new ProviderError('misread', `connection ${config.id} has no ${name} configured`)
  return route
}

function meaning(
  outcomes: Readonly<Record<string, OutcomeReport['outcome']>>,
  spoken: string,
): OutcomeReport['outcome'] {
  return Object.hasOwn(outcomes, spoken) ? (outcomes[spoken] ?? null) : null
}

function required(fields: Fields, name: string): string {
  const read = text.safeParse(own(fields, name))
  if (!read.success) throw new ProviderError('misread', `the arrival came without "${name}"`)
  return read.data
}

function optional(fields: Fields, name: string): string | undefined {
  const read = text.safeParse(own(fields, name))
  return read.success ? read.data : undefined
}

/** An object's own member by its name, never an inherited one. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
