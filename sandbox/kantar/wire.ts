import { z } from 'zod'
import { findAttribute, isAskedIn } from './attributes.js'
import { parseRange } from './ranges.js'

/** The supplier's view of a plan, field by field as the Kantar Gateway API documents it (SupplierSurveyPlan). */
const Status = z.enum(['OPEN', 'CLOSED', 'PAUSED'])
export type Status = z.infer<typeof Status>

const Pricing = z.object({
  cpi: z.number().int().min(0),
  unit: z.enum(['fractional', 'main']),
  currency: z.enum(['USD', 'GBP', 'AUD', 'CAD', 'EUR']),
})
export type Pricing = z.infer<typeof Pricing>

const Qualification = z.object({ question_id: z.string(), qualifying_answers: z.array(z.string()).min(1) })
export type Qualification = z.infer<typeof Qualification>

const count = z.number().int().min(0)

const SupplierQuota = z.object({
  id: z.string().min(1),
  available_completes: count,
  status: Status,
  qualifications: z.array(Qualification),
  additional_qualification_count: count.optional(),
  pricing: Pricing.optional(),
})
export type SupplierQuota = z.infer<typeof SupplierQuota>

/**
 * Unknown keys pass: the simulated gateway, like a real one, sends fields that its document does not name.
 */
export const SupplierPlan = z
  .looseObject({
    id: z.string().min(1),
    categories: z.array(z.string()).optional(),
    country: z.string().regex(/^[A-Z]{3}$/, 'an ISO 3166-1 alpha-3 code'),
    locale: z
      .string()
      .regex(/^[a-z]{2}-[A-Z]{2}$/, 'a locale such as es-US')
      .optional(),
    type: z.enum(['interview', 'tracker']),
    tags: z.array(z.string()).optional(),
    loi: count,
    cr: count.max(100),
    ir: count.max(100),
    available_completes: count,
    pricing: Pricing,
    additional_qualification_count: count.optional(),
    status: Status,
    quotas: z.array(SupplierQuota),
    qualifications: z.array(Qualification),
    resume_allowed: z.boolean().optional(),
    group_id: z.string().optional(),
    project_id: z.string().optional(),
    contact_emails: z.array(z.string()).optional(),
    finish_date: z.iso.datetime().optional(),
    device_requirements: z.array(z.string()).optional(),
  })
  .superRefine((plan, context) => {
    const lists = [
      { path: ['qualifications'], list: plan.qualifications },
      ...plan.quotas.map((quota, at) => ({ path: ['quotas', at, 'qualifications'], list: quota.qualifications })),
    ]
    for (const { path, list } of lists) {
      for (const [at, qualification] of list.entries()) {
        const problem = qualificationProblem(qualification, plan.country)
        if (problem) context.addIssue({ code: 'custom', path: [...path, at], message: problem })
      }
    }
    const ids = plan.quotas.map((quota) => quota.id)
    if (new Set(ids).size < ids.length)
      context.addIssue({ code: 'custom', path: ['quotas'], message: 'two quotas have the same id' })
  })
export type SupplierPlan = z.infer<typeof SupplierPlan>

/**
 * The fault of a qualification in a country, or undefined: it must name a question asked there, in that question's
 * terms.
 */
function qualificationProblem({ question_id, qualifying_answers }: Qualification, country: string): string | undefined {
  const attribute = findAttribute(question_id)
  if (!attribute) return `no question is called "${question_id}"`
  if (!isAskedIn(attribute, country)) return `"${question_id}" is not asked in ${country}`
  for (const answer of qualifying_answers) {
    if (attribute.answer_type === 'range') {
      const range = parseRange(answer)
      const { start, end } = attribute.range_limits
      if (!range) return `"${answer}" is no range such as "16-40"`
      if (range.start < start || range.end > end) return `"${answer}" leaves ${start}-${end}`
    } else if (!attribute.answers.some(({ id }) => id === answer)) {
      return `"${question_id}" has no answer "${answer}"`
    }
  }
  return undefined
}
