import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { planRules } from '../../api/demand/plan-rules.js'
import { PlanAnswer, type SurveyPlanRequest } from '../../api/demand/plan-schemas.js'
import { availableToWire, planToWire, readSurveyPlan } from '../../api/demand/plan-wire.js'
import { type Ours, ourName } from '../../api/demand/wire-names.js'
import { GatewayValidationError } from '../../api/http/gateway-errors.js'
import { SupplierSurveyPlan } from '../../api/supply/schemas.js'
import { ownSupplierPlan } from '../../api/supply/supplier-plan.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import type { SurveyPlan } from '../../domain/plan/survey-plan.js'
import { demandConfig, SEED_PLAN } from './demand-support.js'

const rules = planRules({ config: demandConfig() })

const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => /\S/.test(text) && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text) && text.length <= 256)
const lines = fc.array(line, { maxLength: 4 })
const pricing = fc.record({
  cpi: fc.integer({ min: 1, max: 1_000_000 }),
  unit: fc.constantFrom('fractional', 'main'),
  currency: fc.constantFrom('USD', 'GBP', 'AUD', 'CAD', 'EUR'),
})
const range = fc
  .tuple(fc.integer({ min: 16, max: 100 }), fc.integer({ min: 16, max: 100 }))
  .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }))
const some = <Value>(values: fc.Arbitrary<Value>) => fc.array(values, { minLength: 1, maxLength: 3 })
const qualification = fc.oneof(
  some(range).map((qualifying_answers) => ({ question_id: 'age', qualifying_answers })),
  some(fc.constantFrom('male', 'female')).map((qualifying_answers) => ({ question_id: 'sex', qualifying_answers })),
  some(fc.constantFrom('2', '5', 'none')).map((qualifying_answers) => ({ question_id: 'pets', qualifying_answers })),
)
const qualifications = fc.array(qualification, { maxLength: 3 })
const count = fc.nat({ max: 10_000 })
const quota = fc.record(
  { id: line, qualifications, additional_qualification_count: count, pricing, target_completes: count },
  { requiredKeys: ['id', 'qualifications'] },
)

/** Every plan that a buyer could post for the United States here. */
const plan = fc.record(
  {
    survey_id: line,
    categories: lines,
    country: fc.constant('USA'),
    locale: fc.constantFrom('en-US', 'es-US'),
    survey_url: fc.webUrl({ withQueryParameters: true, validSchemes: ['https'] }),
    type: fc.constantFrom('interview', 'tracker'),
    tags: lines,
    estimated_loi: fc.integer({ min: 1, max: 1_440 }),
    estimated_cr: fc.nat({ max: 100 }),
    estimated_ir: fc.nat({ max: 100 }),
    target_completes: fc.integer({ min: 1, max: 10_000_000 }),
    survey_platform: line,
    target_panels: fc.subarray([{ name: 'lifepoints' }, { name: 'OpinionBar' }], { minLength: 1 }),
    pricing,
    additional_qualification_count: count,
    quotas: fc.uniqueArray(quota, { maxLength: 4, selector: ({ id }) => id }),
    qualifications,
    resume_allowed: fc.boolean(),
    group_id: line,
    project_id: line,
    contact_emails: fc.array(fc.constantFrom('email_one@email.com', 'b.c+d@mail.example'), { maxLength: 2 }),
    finish_date: fc.constantFrom('2026-12-31T17:00:00+05:30', '2027-01-01T00:00:00.000Z'),
    device_requirements: fc.subarray(['desktop', 'mobile', 'tablet'], { minLength: 1 }),
  },
  {
    requiredKeys: [
      'survey_id',
      'country',
      'survey_url',
      'type',
      'estimated_loi',
      'estimated_cr',
      'estimated_ir',
      'target_completes',
      'survey_platform',
      'target_panels',
      'pricing',
      'quotas',
      'qualifications',
    ],
  },
)

/** A plan right after its launch, as PostgreSQL returns it. */
const standing = (stored: SurveyPlan) => ({
  plan: JSON.parse(JSON.stringify(stored)) as SurveyPlan,
  planId: 'plan_x',
  status: 'OPEN' as const,
  quotaStatuses: new Map(),
  openPanels: stored.targetPanels,
  policy: { overage: 0, acceptUnsigned: false, flexibilityPercent: 100, allocations: {}, softLaunch: null },
  fullyLaunched: true,
  completes: { plan: 0, quotas: new Map(), panels: new Map() },
  held: { plan: 0, quotas: new Map(), panels: new Map() },
})

describe('a survey plan', () => {
  test('that is valid is read back exactly as it was posted', () => {
    fc.assert(
      fc.property(plan, (posted) => {
        const body = JSON.parse(JSON.stringify(posted)) as typeof posted
        const stands = standing(readSurveyPlan(body, rules))
        const quotas = body.quotas.map((one) => ({ ...one, status: 'OPEN' }))
        expect(planToWire(stands)).toEqual({ ...body, id: 'plan_x', status: 'OPEN', quotas })
        // the answer matches the documented schema
        const answer = {
          survey_plan: planToWire(stands),
          available_completes: availableToWire(stands),
          survey_performance: { completes: 0, failures: 0, status_metrics: {} },
        }
        expect(PlanAnswer.safeParse(answer).error).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  test('of any shape is either accepted or refused with faults', () => {
    const members = Object.keys(SEED_PLAN)
    const spoilt = fc
      .array(fc.tuple(fc.constantFrom(...members), fc.jsonValue()), { maxLength: 4 })
      .map((changes) => ({ ...SEED_PLAN, ...Object.fromEntries(changes) }))
    fc.assert(
      fc.property(fc.oneof(spoilt, fc.jsonValue()), (body) => {
        try {
          readSurveyPlan(body, rules)
        } catch (error) {
          if (!(error instanceof GatewayValidationError)) throw error
          expect(error.details.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a member of a plan', () => {
  /** Members of the domain that a buyer cannot post. */
  type Derived = 'quotaRule' | 'title'

  test('is named in the schema and in the domain alike, and nowhere else', () => {
    expectTypeOf<Ours<keyof SurveyPlanRequest>>().toEqualTypeOf<Exclude<keyof SurveyPlan, Derived>>()
    expectTypeOf<Ours<keyof SurveyPlanRequest['quotas'][number]>>().toEqualTypeOf<keyof SurveyPlan['quotas'][number]>()
    const ours = (members: object) => Object.keys(members).map(ourName).sort()
    fc.assert(
      fc.property(plan, (posted) => {
        const body = JSON.parse(JSON.stringify(posted)) as typeof posted
        const { quotaRule, ...stored } = readSurveyPlan(body, rules)
        expect(quotaRule).toBe('first')
        expect(Object.keys(stored).sort()).toEqual(ours(body))
        expect(stored.quotas.map((one) => Object.keys(one).sort())).toEqual(body.quotas.map(ours))
      }),
      { numRuns: 200 },
    )
  })

  test('is shown to panels as it was posted where their schema names it, and else not at all', () => {
    const told = SupplierSurveyPlan.omit({ status: true }).strict()
    const asPosted = Object.keys(told.shape).filter(
      (name) => !['id', 'loi', 'cr', 'ir', 'available_completes', 'quotas', 'qualifications'].includes(name),
    )
    fc.assert(
      fc.property(plan, (posted) => {
        const body = JSON.parse(JSON.stringify(posted)) as Record<string, unknown> & typeof posted
        const stands = standing({ ...readSurveyPlan(body, rules), title: 'a name that the feed does not carry' })
        const shown = ownSupplierPlan('sv_x', stands.plan, surveyOfPlan(stands))
        expect(told.safeParse(shown).error).toBeUndefined()
        const { id, loi, cr, ir, available_completes, quotas: _quotas, qualifications: _asked, ...others } = shown
        expect({ id, loi, cr, ir, available_completes }).toEqual({
          id: 'sv_x',
          loi: body.estimated_loi,
          cr: body.estimated_cr,
          ir: body.estimated_ir,
          available_completes: body.target_completes,
        })
        const expected = asPosted.filter((name) => body[name] !== undefined).map((name) => [name, body[name]])
        expect(others).toEqual(Object.fromEntries(expected))
        expect(shown.quotas.map((one) => [one.id, one.pricing, one.additional_qualification_count])).toEqual(
          body.quotas.map((one) => [one.id, one.pricing, one.additional_qualification_count]),
        )
      }),
      { numRuns: 200 },
    )
  })
})
