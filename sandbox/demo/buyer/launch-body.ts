import { z } from 'zod'
import type { TargetingPanels } from '../../buyer/answers.js'

const Whole = z.coerce.number().int()

/** The fields of the launch form. */
const Form = z.object({
  survey_id: z.string().min(1).max(60),
  country: z.string().min(1).max(3),
  target_completes: Whole,
  cpi: Whole,
  loi: Whole,
  age_from: Whole,
  age_to: Whole,
  quotas: z.enum(['none', 'age', 'sex']),
  platform: z.enum(['DECIPHER', 'NON_INTEGRATED_SURVEY_PLATFORM']),
  finish: z.enum(['', '1h', '7d']),
})

const FINISH_MS = { '1h': 3_600_000, '7d': 604_800_000 } as const

export interface LaunchSurroundings {
  panels: TargetingPanels
  platformUrl: string
  now: Date
}

/**
 * The survey plan of a filled form (Kantar Gateway API, SurveyPlan), for all panels that serve its country. Tributary
 * validates it.
 * @returns undefined for a form that the page did not create
 */
export function planBodyOf(form: unknown, around: LaunchSurroundings): Record<string, unknown> | undefined {
  const parsed = Form.safeParse(form)
  if (!parsed.success) return undefined
  const fields = parsed.data
  const serving = Object.entries(around.panels).flatMap(([name, markets]) => {
    const market = markets[fields.country]
    return market ? [{ name, market }] : []
  })
  const { market } = serving[0] ?? {}
  const integrated = fields.platform === 'DECIPHER'
  const slug = encodeURIComponent(fields.survey_id)
  return {
    survey_id: fields.survey_id,
    country: fields.country,
    ...(market?.locales[0] ? { locale: market.locales[0] } : {}),
    type: 'interview',
    survey_url: integrated
      ? `${around.platformUrl}/surveys/${slug}`
      : `${around.platformUrl}/linked/${slug}?respondent=((SESSION_ID))&panelist=((PANELIST_ID))`,
    survey_platform: fields.platform,
    estimated_loi: fields.loi,
    estimated_cr: 60,
    estimated_ir: 70,
    target_completes: fields.target_completes,
    target_panels: serving.map(({ name }) => ({ name })),
    pricing: { cpi: fields.cpi, unit: 'fractional', currency: market?.currency ?? 'USD' },
    qualifications: [age(fields.age_from, fields.age_to)],
    quotas: quotasOf(fields),
    ...(fields.finish ? { finish_date: new Date(around.now.getTime() + FINISH_MS[fields.finish]).toISOString() } : {}),
  }
}

function quotasOf({ quotas, target_completes: target, age_from: from, age_to: to }: z.infer<typeof Form>): object[] {
  const [first, second] = [Math.ceil(target / 2), Math.floor(target / 2)]
  if (quotas === 'none' || target < 2) return []
  if (quotas === 'sex') return [cell('women', first, choice('female')), cell('men', second, choice('male'))]
  const middle = Math.floor((from + to) / 2)
  return [cell('younger', first, age(from, middle)), cell('older', second, age(Math.min(middle + 1, to), to))]
}

const cell = (id: string, target: number, qualification: object) => ({
  id,
  qualifications: [qualification],
  target_completes: target,
})
const age = (start: number, end: number) => ({ question_id: 'age', qualifying_answers: [{ start, end }] })
const choice = (answer: string) => ({ question_id: 'sex', qualifying_answers: [answer] })
