import { inVocabulary } from '../domain/targeting/vocabularies.js'
import type { CatalogueConnection } from './connections.js'
import type { CatalogueEntry } from './entry.js'
import type { CatalogueRow } from './source.js'

/** A stored row as an index entry, with clauses in the connection's vocabulary; null without a description. */
export function entryOfRow(row: CatalogueRow, connection: CatalogueConnection | undefined): CatalogueEntry | null {
  if (row.survey === null) return null
  return {
    surveyId: row.surveyId,
    connection: row.connection,
    provider: row.provider,
    providerSurveyId: row.providerSurveyId,
    status: row.status,
    survey: connection === undefined ? row.survey : inVocabulary(row.survey, connection.vocabulary),
  }
}

/** True for a survey that the index keeps: a paused one too, so that reopening it needs no rebuild. */
export function isHeld(row: CatalogueRow): boolean {
  return row.survey !== null && row.status !== 'closed' && row.status !== 'withdrawn'
}
