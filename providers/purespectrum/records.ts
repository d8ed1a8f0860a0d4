import { createHash } from 'node:crypto'
import type { SupplyChange, Unreadable } from '../adapter.js'
import { parseExactJsonBytes } from '../kit/json.js'
import { firstIssue, notJson, unreadable } from '../kit/unreadable.js'
import { toSurvey } from './catalogue.js'
import type { PureSpectrumConnection } from './config.js'
import { type ListRow, listRow, survey, surveyAnswer, type WireSurvey } from './wire.js'

/** What is known of a record before it is read. */
interface Told {
  /** The survey that was requested; an answer with another one is refused. Null = any. */
  readonly surveyId: string | null
  readonly order: string
  /** The list's row of it; null = no list was read. */
  readonly row: ListRow | null
}

/**
 * Reads the answer of GET /suppliers/v2/surveys/:surveyId (PureSpectrum Supply API, Result).
 * @returns the change, or why it could not be read; never throws, so a bad record does not affect the rest of its page
 * (F10)
 */
export function readSurvey(
  raw: Uint8Array,
  told: Told,
  config: Pick<PureSpectrumConnection, 'currency'>,
): SupplyChange | Unreadable {
  const aside = (reason: string, providerSurveyId = told.surveyId): Unreadable =>
    unreadable({ providerSurveyId, order: told.order }, reason, raw)
  const parsed = parse(raw)
  if ('fault' in parsed) return aside(parsed.fault, told.surveyId ?? rescued(raw))
  const answer = surveyAnswer.safeParse(parsed.value)
  // redriven rows of a list have no answer around them
  const given = answer.success && answer.data.survey !== undefined ? answer.data.survey : parsed.value
  const said = listRow.safeParse(given)
  const surveyId = told.surveyId ?? (said.success ? said.data.survey_id : null)
  if (said.success && surveyId !== said.data.survey_id) {
    return aside(`survey_id: requested ${surveyId}, received ${said.data.survey_id}`)
  }
  const read = survey.safeParse(given)
  if (!read.success) return aside(firstIssue(read.error), surveyId)
  try {
    const version = versionOf(read.data, told.row)
    return { kind: 'offered', survey: toSurvey(read.data, config.currency), order: told.order, version, raw }
  } catch (error) {
    if (error instanceof RangeError) return aside(error.message, surveyId)
    throw error
  }
}

/** The list's edition, unless the answer is older than the list: then the next poll reads it again. */
function versionOf(survey: WireSurvey, row: ListRow | null): string {
  if (row === null || (survey.mod_on ?? 0) < (row.mod_on ?? 0)) return ''
  return editionOf(row)
}

/**
 * The edition of a list's row: its time of modification, and a digest of the figures that may change without it (the
 * sample's quotas were modified after their survey). Empty = the row has too few fields.
 */
export function editionOf(row: ListRow): string {
  if (row.mod_on === null || row.mod_on === undefined) return ''
  const { survey_status: status, cpi, supplier_completes: completes, quotas } = row
  const figures = JSON.stringify([status, cpi, completes, quotas], (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return `${row.mod_on}:${createHash('sha256').update(figures).digest('hex').slice(0, 12)}`
}

function parse(raw: Uint8Array): { value: unknown } | { fault: string } {
  try {
    return { value: parseExactJsonBytes(raw) }
  } catch (error) {
    // the document's own sample has 012345 among its ids, which is not a JSON number (G8)
    return { fault: notJson(error) }
  }
}

/** Bytes that are not JSON may still name their survey; null if they name several. */
export function rescued(raw: Uint8Array): string | null {
  const text = Buffer.from(raw.subarray(0, 65_536)).toString('utf8')
  const named = new Set<string>()
  for (const [, id = ''] of text.matchAll(/"survey_id"\s{0,40}:\s{0,40}"?(\d{1,40})/g)) named.add(id)
  const [only] = named
  return named.size === 1 && only !== undefined ? only : null
}
