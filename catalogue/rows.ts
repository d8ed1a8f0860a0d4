import { inVocabulary } from '../domain/targeting/vocabularies.js'
import type { CatalogueConnection } from './connections.js'
import type { CatalogueEntry } from './entry.js'
import type { CatalogueRow } from './source.js'

/** A stored row as the index holds it, its clauses in the connection's vocabulary; null without a description. */
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

/** True for a survey that may be open again soon: kept in the index, so that a pause costs no rebuilding. */
export function isHeld(row: CatalogueRow): boolean {
  return row.survey !== null && row.status !== 'closed' && row.status !== 'withdrawn'
}
