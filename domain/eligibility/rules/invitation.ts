import type { Facts } from '../facts.js'
import { holdsIf, type QuotaRule, type SurveyRule } from '../rule.js'

/** A members-only survey admits only panelists that its provider names, by quota (Toluna, recontact surveys). */
export const invitation = {
  name: 'invitation',
  scope: 'survey',
  phases: ['match', 'book', 'show'],
  evaluate: (subject) => {
    if (subject.survey.membersOnly !== true) return null
    const named = subject.survey.quotas.some(({ quotaId }) => isNamed(subject, quotaId))
    return {
      holds: holdsIf(named),
      wanted: 'a panelist that the provider names',
      given: named ? 'named' : 'not named',
    }
  },
} as const satisfies SurveyRule

/** Per quota: a panelist who is named for one quota is refused in another. */
export const quotaInvitation = {
  name: 'quota_invitation',
  scope: 'quota',
  phases: ['match', 'book'],
  evaluate: (subject, { quota }) =>
    subject.survey.membersOnly === true
      ? {
          holds: holdsIf(isNamed(subject, quota.quotaId)),
          wanted: 'a panelist that the provider names for the quota',
          given: isNamed(subject, quota.quotaId) ? 'named' : 'not named',
        }
      : null,
} as const satisfies QuotaRule

const isNamed = ({ surveyId, panelist }: Facts, quotaId: string): boolean =>
  panelist.invitations.get(surveyId)?.has(quotaId) === true
