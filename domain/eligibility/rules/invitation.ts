import type { Facts } from '../facts.js'
import { holdsIf, type QuotaRule, type SurveyRule } from '../rule.js'

/** A survey that is only for the people whom its provider names (Toluna, recontact surveys). They are named by quota. */
export const invitation = {
  name: 'invitation',
  scope: 'survey',
  phases: ['match', 'book', 'show'],
  evaluate: (subject) => {
    if (subject.survey.membersOnly !== true) return null
    const named = subject.survey.quotas.some(({ quotaId }) => isNamed(subject, quotaId))
    return {
      holds: holdsIf(named),
      wanted: 'people whom the provider names',
      given: named ? 'named' : 'for people it names only',
    }
  },
} as const satisfies SurveyRule

/** The same of one quota: a panelist who is named for one is not let into another. */
export const quotaInvitation = {
  name: 'quota_invitation',
  scope: 'quota',
  phases: ['match', 'book'],
  evaluate: (subject, { quota }) =>
    subject.survey.membersOnly === true
      ? {
          holds: holdsIf(isNamed(subject, quota.quotaId)),
          wanted: 'people whom the provider names for the quota',
          given: isNamed(subject, quota.quotaId) ? 'named' : 'not named',
        }
      : null,
} as const satisfies QuotaRule

const isNamed = ({ surveyId, panelist }: Facts, quotaId: string): boolean =>
  panelist.invitations.get(surveyId)?.has(quotaId) === true
