import { money } from '../../../domain/money.js'
import type { Panelist } from '../../../domain/panelist.js'
import type { Clause, Layer, Quota, SubQuota, Survey } from '../../../domain/survey.js'
import { type ExpandedProfile, given } from '../../../domain/targeting/expand.js'

/** A survey for every panelist in the USA, with the test's changes. */
export function survey(changes: Partial<Survey> = {}): Survey {
  return {
    providerSurveyId: 'survey-1',
    status: 'open',
    country: 'USA',
    locale: null,
    loiMinutes: 5,
    irPercent: 80,
    conversionPercent: 25,
    price: money(150, 'USD'),
    availableCompletes: null,
    devices: null,
    finishAt: null,
    groupId: null,
    projectId: null,
    resumeAllowed: false,
    clauses: [],
    quotas: [],
    additionalQualifications: 0,
    fullQuotaTerminates: false,
    entry: {},
    enterable: true,
    ...changes,
  }
}

/** A quota with one layer per clause, as at Kantar and PureSpectrum. */
export function quota(quotaId: string, clauses: readonly Clause[] = [], changes: Partial<Quota> = {}): Quota {
  return {
    quotaId,
    status: 'open',
    available: 10,
    layers: clauses.map((clause) => layer([clause])),
    additionalQualifications: 0,
    ...changes,
  }
}

export function layer(...subQuotas: readonly (readonly Clause[] | SubQuota)[]): Layer {
  return { subQuotas: subQuotas.map((entry) => ('clauses' in entry ? entry : { clauses: entry, available: null })) }
}

export function age(from: number, to: number): Clause {
  return { attribute: 'kantar:age', ranges: [{ from, to }] }
}

export function sex(...answers: string[]): Clause {
  return { attribute: 'kantar:sex', answers }
}

export function knows(answers: Readonly<Record<string, string | readonly string[]>>): ExpandedProfile {
  return new Map(
    Object.entries(answers).map(([attribute, value]) => [
      attribute,
      given(typeof value === 'string' ? [value] : value),
    ]),
  )
}

export function panelist(changes: Partial<Panelist> = {}): Panelist {
  return { panelistId: 'p-1', country: 'USA', locale: null, dateOfBirth: null, profile: {}, ...changes }
}

export const NOON = new Date('2025-06-15T12:00:00.000Z')
