import {
  type BenchProfile,
  type BenchSurvey,
  type BenchUpdate,
  benchScore,
  byCodeUnit,
  type Qualification,
} from './format.js'

/**
 * The brute force, independent of the index: checks every survey of the country, and stops at the first condition that
 * fails. The index is compared with it, in answers and in time.
 */
export class BruteForce {
  private readonly countries = new Map<string, Map<string, BenchSurvey>>()

  apply(update: BenchUpdate): void {
    if (update.op === 'upsert') {
      this.take(update.survey.survey_id)
      this.add(update.survey)
      return
    }
    const survey = this.take(update.survey_id)
    if (survey === undefined || update.op === 'close') return
    const { quota_id, available } = update
    this.add({
      ...survey,
      quotas: (survey.quotas ?? []).map((quota) => (quota.quota_id === quota_id ? { ...quota, available } : quota)),
    })
  }

  add(survey: BenchSurvey): void {
    let country = this.countries.get(survey.country)
    if (country === undefined) {
      country = new Map()
      this.countries.set(survey.country, country)
    }
    country.set(survey.survey_id, survey)
  }

  /** Eligible survey ids, best first. */
  match(profile: BenchProfile): string[] {
    const hits: { id: string; score: number }[] = []
    for (const survey of this.countries.get(profile.country)?.values() ?? []) {
      if (suits(survey, profile)) hits.push({ id: survey.survey_id, score: benchScore(survey) })
    }
    hits.sort((one, other) => other.score - one.score || byCodeUnit(one.id, other.id))
    return hits.map((hit) => hit.id)
  }

  private take(surveyId: string): BenchSurvey | undefined {
    for (const country of this.countries.values()) {
      const survey = country.get(surveyId)
      if (survey !== undefined) {
        country.delete(surveyId)
        return survey
      }
    }
    return undefined
  }
}

function suits(survey: BenchSurvey, profile: BenchProfile): boolean {
  for (const qualification of survey.qualifications ?? []) if (!holds(qualification, profile)) return false
  const { quotas = [] } = survey
  if (quotas.length === 0) return true
  return quotas.some((quota) => {
    return quota.available > 0 && (quota.qualifications ?? []).every((qualification) => holds(qualification, profile))
  })
}

function holds({ attribute, answers, ranges }: Qualification, profile: BenchProfile): boolean {
  const answer = profile.answers[attribute]
  if (answer === undefined) return false
  for (const value of Array.isArray(answer) ? answer : [answer]) {
    if (answers?.includes(String(value))) return true
    if (typeof value === 'number' && ranges?.some(({ from, to }) => from <= value && value <= to)) return true
  }
  return false
}
