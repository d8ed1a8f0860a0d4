import type { VocabularyMapping } from './mapping.js'
import { ageOn, type PanelistSnapshot, type Profile, type ProfileValue, valuesOf } from './panelist.js'
import type { Clause, Quota, Survey } from './survey.js'
import { expandProfile, type Vocabulary } from './targeting/expand.js'

/** The attributes which a survey and the chosen quota name, without the provider's prefix. */
export function namedAttributes(survey: Survey, quota: Quota | null): string[] {
  const clauses: Clause[] = [
    ...survey.clauses,
    ...(quota?.layers ?? []).flatMap((layer) => layer.subQuotas.flatMap((subQuota) => subQuota.clauses)),
  ]
  return [...new Set(clauses.map((clause) => clause.attribute.slice(clause.attribute.indexOf(':') + 1)))]
}

/**
 * Builds the profile to send upstream: only the attributes that the survey or the quota names (docs/sessions.md, What a
 * provider learns), in the provider's own codes where its questions do not have our names. Several answers stay joined
 * by "|" (Kantar Gateway API, SurveySession).
 * @param provider its name; a profile entry `<provider>:<question>` takes precedence over ours
 * @param today the day on which the age is computed from the date of birth
 * @param mapping our attributes in the provider's vocabulary; absent = the same names
 */
export function upstreamProfile(
  panelist: PanelistSnapshot,
  survey: Survey,
  quota: Quota | null,
  provider: string,
  today: Date,
  mapping: VocabularyMapping = { identity: true, attributes: {} },
): Profile {
  const named = namedAttributes(survey, quota)
  if (!mapping.identity) return translated(panelist, named, { prefix: provider, provider, mapping }, today)
  const result: Record<string, ProfileValue> = {}
  for (const name of named) {
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

/** Uses the same translation as a match, so that upstream receives the answers on which the offer was based. */
function translated(
  panelist: PanelistSnapshot,
  named: readonly string[],
  vocabulary: Vocabulary,
  today: Date,
): Profile {
  const whole = { ...panelist, panelistId: '', country: '', locale: null }
  const expanded = expandProfile(whole, today, [vocabulary])
  const result: Record<string, ProfileValue> = {}
  for (const question of named) {
    const values = expanded.get(`${vocabulary.prefix}:${question}`)?.values ?? []
    if (values.length > 0) result[question] = values.join('|')
  }
  return result
}

function ageFromBirth(name: string, dateOfBirth: string | null, today: Date): number | null {
  return name === 'age' && dateOfBirth !== null ? ageOn(dateOfBirth, today) : null
}
