import { ageOn, type PanelistSnapshot, type Profile, type ProfileValue, valuesOf } from './panelist.js'
import type { Clause, Quota, Survey } from './survey.js'

/** The attributes which a survey and the chosen quota name, without the provider's prefix. */
export function namedAttributes(survey: Survey, quota: Quota | null): string[] {
  const clauses: Clause[] = [
    ...survey.clauses,
    ...(quota?.layers ?? []).flatMap((layer) => layer.subQuotas.flatMap((subQuota) => subQuota.clauses)),
  ]
  return [...new Set(clauses.map((clause) => clause.attribute.slice(clause.attribute.indexOf(':') + 1)))]
}

/**
 * What upstream may know of a panelist: the attributes that the survey or the quota names and nothing else (contract §4).
 * For a provider whose questions carry our names. Several answers stay joined by "|" (seed 000, SurveySession).
 * @param provider its name; a profile's own word `<provider>:<question>` goes before ours
 * @param today age is worked out on the day where only the date of birth is known
 */
export function upstreamProfile(
  panelist: PanelistSnapshot,
  survey: Survey,
  quota: Quota | null,
  provider: string,
  today: Date,
): Profile {
  const result: Record<string, ProfileValue> = {}
  for (const name of namedAttributes(survey, quota)) {
    const value =
      panelist.profile[`${provider}:${name}`] ??
      panelist.profile[name] ??
      ageFromBirth(name, panelist.dateOfBirth, today)
    if (value === null || value === undefined) continue
    const values = valuesOf(value)
    if (values.length === 0) continue
    result[name] = typeof value === 'number' ? value : values.join('|')
  }
  return result
}

function ageFromBirth(name: string, dateOfBirth: string | null, today: Date): number | null {
  return name === 'age' && dateOfBirth !== null ? ageOn(dateOfBirth, today) : null
}
