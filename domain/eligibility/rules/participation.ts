import { mayTakePart } from '../../participation.js'
import { holdsIf, type QuotaRule, type SurveyRule } from '../rule.js'

/**
 * Who took part in a survey that this one excludes is not sent to it, nor who was sent to one of its quotas to another
 * (Toluna, `SurveyWaveExclusions` and its sampling rules).
 */
export const participation = {
  name: 'participation',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ connection, survey, panelist: { past } }) => {
    const quotaIds = survey.quotas.length === 0 ? [null] : survey.quotas.map(({ quotaId }) => quotaId)
    const may = quotaIds.some((quotaId) => mayTakePart(survey, connection.id, quotaId, past))
    return { holds: holdsIf(may), wanted: 'took part in nothing that excludes', given: may ? 'nothing' : 'took part' }
  },
} as const satisfies SurveyRule

/** The same of one quota. */
export const quotaParticipation = {
  name: 'quota_participation',
  scope: 'quota',
  phases: ['match', 'book'],
  evaluate: ({ connection, survey, panelist: { past } }, { quota }) => {
    if (survey.oneQuotaPerPanelist !== true) return null
    const may = mayTakePart(survey, connection.id, quota.quotaId, past)
    return { holds: holdsIf(may), wanted: 'was sent to no other quota', given: may ? 'was not' : 'was sent' }
  },
} as const satisfies QuotaRule
