import type { Outcome } from '../outcome-words.js'
import type { Random, Weighted } from '../random.js'
import type { FeedItem } from './feed.js'

type Qualification = FeedItem['survey_plan']['qualifications'][number]

/** A panelist who is sent into a survey. */
export interface Respondent {
  panelistId: string
  profile: Record<string, string | number>
  /** The quota that the panel names, if it names one. */
  quotaId: string | undefined
  /** How the session will end. */
  outcome: Outcome
}

/** How surveys end, out of a hundred: most respondents who fit complete. */
const ENDINGS: readonly Weighted<Outcome>[] = [
  { weight: 66, value: 'COMPLETED' },
  { weight: 10, value: 'TERMINATED' },
  { weight: 9, value: 'SCREENED_OUT' },
  { weight: 5, value: 'DISQUALIFIED' },
  { weight: 5, value: 'QUOTA_FULL' },
  { weight: 3, value: 'TIMEOUT' },
  { weight: 2, value: 'ERROR' },
]

/** The usual ages when the plan does not target age. */
const USUAL_AGES = { start: 18, end: 75 }

/**
 * Makes a respondent who fits a plan as its feed describes it: first a quota with room, then answers that satisfy the
 * quota and the plan. Half of them name the quota, half leave it to Tributary to find.
 * @returns undefined when no quota has room, or no profile can fit
 */
export function findRespondent(
  random: Random,
  panelistId: string,
  { survey_plan: plan }: Pick<FeedItem, 'survey_plan'>,
): Respondent | undefined {
  const open = plan.quotas.filter((quota) => quota.status === 'OPEN' && quota.available_completes > 0)
  if (plan.quotas.length > 0 && open.length === 0) return undefined
  const quota = open.length > 0 ? random.pick(open) : undefined
  const profile = fittingProfile(random, [...plan.qualifications, ...(quota?.qualifications ?? [])])
  if (!profile) return undefined
  return {
    panelistId,
    profile,
    quotaId: quota && random.chance(0.5) ? quota.id : undefined,
    outcome: random.weighted(ENDINGS),
  }
}

/** Answers that satisfy all the qualifications; undefined when two of them exclude each other. */
function fittingProfile(
  random: Random,
  qualifications: readonly Qualification[],
): Record<string, string | number> | undefined {
  const profile: Record<string, string | number> = { age: random.int(USUAL_AGES.start, USUAL_AGES.end) }
  const asked = [...new Set(qualifications.map(({ question_id }) => question_id))]
  for (const question of asked) {
    const wanted = qualifications.filter((one) => one.question_id === question).map((one) => one.qualifying_answers)
    const answer = wanted.every((answers) => answers.every((text) => RANGE.test(text)))
      ? numberWithin(random, wanted)
      : commonAnswer(random, wanted)
    if (answer === undefined) return undefined
    profile[question] = answer
  }
  return profile
}

const RANGE = /^(\d+)-(\d+)$/

function numberWithin(random: Random, wanted: readonly (readonly string[])[]): number | undefined {
  const bounds = wanted.map((ranges) => ranges.map((text) => boundsOf(text)))
  const first = bounds[0] ?? []
  const fitting: number[] = []
  for (const [start, end] of first)
    for (let number = start; number <= Math.min(end, start + 200); number++)
      if (bounds.every((ranges) => ranges.some(([from, to]) => number >= from && number <= to))) fitting.push(number)
  return fitting.length === 0 ? undefined : random.pick(fitting)
}

function boundsOf(range: string): [number, number] {
  const [, start, end] = RANGE.exec(range) ?? []
  return [Number(start), Number(end)]
}

function commonAnswer(random: Random, wanted: readonly (readonly string[])[]): string | undefined {
  const common = (wanted[0] ?? []).filter((answer) => wanted.every((answers) => answers.includes(answer)))
  return common.length === 0 ? undefined : random.pick(common)
}
