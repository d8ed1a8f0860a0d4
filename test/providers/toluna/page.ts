import { readFileSync } from 'node:fs'

/** The first survey of Toluna External Sample's own example response, as it is printed there. */
const SAMPLE: Record<string, unknown> = JSON.parse(readFileSync(new URL('./sample.json', import.meta.url), 'utf8'))

/**
 * The surveys of a list, as JSON: each of a case's `surveys` overrides the document's sample, so that a case shows only
 * its own members. `remove` lists members to leave out, as dotted paths; `questions` replaces the questions of the
 * first sub-quota, `subquota` overrides its members.
 */
export function pageOf(given: Record<string, unknown>): string {
  if (given.document === true) return readFileSync(new URL('./document.json', import.meta.url), 'utf8')
  const surveys = Array.isArray(given.surveys) ? given.surveys : [{}]
  return JSON.stringify(surveys.map((survey) => (isPlain(survey) ? patched(survey) : survey)))
}

function patched({ remove, questions, subquota, quota, price, ...patch }: Record<string, unknown>): unknown {
  const survey = merged(structuredClone(SAMPLE), patch)
  const first = (survey as { Quotas: { Layers: { SubQuotas: Record<string, unknown>[] }[] }[] }).Quotas?.[0]
  const place = first?.Layers?.[0]?.SubQuotas?.[0]
  if (questions !== undefined && place) place.QuestionsAndAnswers = questions
  if (isPlain(subquota) && place) Object.assign(place, subquota)
  if (isPlain(quota) && first) Object.assign(first, quota)
  if (price !== undefined) (survey as Record<string, unknown>).Price = price
  for (const path of Array.isArray(remove) ? remove : []) removed(survey, String(path).split('.'))
  return survey
}

function merged(base: unknown, patch: unknown): unknown {
  if (!isPlain(base) || !isPlain(patch)) return patch
  const entries = Object.entries(patch).map(([name, value]) => [name, merged(base[name], value)] as const)
  return { ...base, ...Object.fromEntries(entries) }
}

function removed(value: unknown, [name = '', ...rest]: string[]): void {
  if (Array.isArray(value)) for (const item of value) removed(item, [name, ...rest])
  else if (isPlain(value) && rest.length > 0) removed(value[name], rest)
  else if (isPlain(value)) delete value[name]
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
