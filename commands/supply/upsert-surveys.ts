import { createHash } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import { heldEditions } from '../../db/read-models/held-editions.js'
import type { OfferedSurvey, Writer } from '../../db/stores/offered-survey.js'
import { healQuarantined } from '../../db/stores/quarantine-store.js'
import { logSupply, type SupplyLogEntry } from '../../db/stores/supply-log.js'
import { surveyToJson } from '../../db/stores/survey-json.js'
import { writeSurveys } from '../../db/stores/survey-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { decideEditions } from '../../domain/supply/edition-decision.js'

/** The counts of a chunk. */
export interface UpsertCounts {
  /** Written with new content: will be stamped and matched. */
  readonly stored: number
  /** The same edition, or a newer one with the same content. */
  readonly unchanged: number
  /** Older than the stored edition. */
  readonly stale: number
}

/**
 * Stores one chunk of offered surveys (at most about 500) in the caller's transaction. Writes only editions that are
 * newer than the stored one. Written rows are dirty until the stamper gives them a revision; heals the quarantine
 * entries that they supersede.
 */
export async function upsertSurveys(
  trx: Knex,
  writer: Writer,
  offered: readonly OfferedSurvey[],
): Promise<UpsertCounts> {
  const incoming = offered.map((offer) => {
    const json = JSON.stringify(surveyToJson(offer.survey))
    return {
      offer,
      json,
      surveyId: surveyIdOf(writer.connection, offer.survey.providerSurveyId),
      key: offer.survey.providerSurveyId,
      order: offer.order,
      version: offer.version,
      contentHash: createHash('sha256').update(json).digest('base64'),
    }
  })
  const held = await heldEditions(trx, writer.connection, [...new Set(incoming.map((one) => one.key))])
  const { writes, stale, unchanged } = decideEditions(incoming, held)
  if (writes.length > 0) await writeSurveys(trx, writer, writes)
  const healed = writes.filter((one) => held.get(one.key)?.quarantined === true && one.status !== 'unreadable')
  await healQuarantined(
    trx,
    writer.connection,
    healed.map(({ key }) => key),
  )
  const log =
    (disposition: SupplyLogEntry['disposition']) => (one: { key: string; order: string; version: string }) => ({
      itemKey: one.key,
      order: one.order,
      version: one.version,
      disposition,
    })
  await logSupply(trx, writer, [...writes.map(log('stored')), ...stale.map(log('stale'))])
  const stored = writes.filter((one) => one.changed).length
  return { stored, unchanged: unchanged + writes.length - stored, stale: stale.length }
}
