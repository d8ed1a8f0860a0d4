import { mayTakePart } from '../../participation.js'
import { holdsIf, type QuotaRule, type SurveyRule } from '../rule.js'

/**
 * Refuses a panelist who took part in a survey that this one excludes, or who was sent to another of its quotas
 * (Toluna, `SurveyWaveExclusions` and its sampling rules).
 */
export const participation = {
  name: 'participation',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ connection, survey, panelist: { past } }) => {
    const quotaIds = survey.quotas.length === 0 ? [null] : survey.quotas.map(({ quotaId }) => quotaId)
    const may = quotaIds.some((quotaId) => mayTakePart(survey, connection.id, quotaId, past))
    return { holds: holdsIf(may), wanted: 'no excluding participation', given: may ? 'none' : 'took part' }
  },
} as const satisfies SurveyRule

/** Per quota. */
export const quotaParticipation = {
  name: 'quota_participation',
  scope: 'quota',
  phases: ['match', 'book'],
  evaluate: ({ connection, survey, panelist: { past } }, { quota }) => {
    if (survey.oneQuotaPerPanelist !== true) return null
    const may = mayTakePart(survey, connection.id, quota.quotaId, past)
    return { holds: holdsIf(may), wanted: 'sent to no other quota', given: may ? 'to none' : 'to another' }
  },
} as const satisfies QuotaRule
