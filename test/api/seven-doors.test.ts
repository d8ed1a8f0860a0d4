import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { enterPlanSession } from '../../commands/sessions/enter-plan.js'
import { storeEntry } from '../../commands/sessions/store-entry.js'
import { findPlan } from '../../db/read-models/plan-record.js'
import { enterSession } from '../../db/statements/enter-session.js'
import { insertSession } from '../../db/statements/insert-session.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { decide } from '../../domain/eligibility/decide.js'
import { type Facts, NO_CIRCUMSTANCES, NO_FIGURES, NOBODY } from '../../domain/eligibility/facts.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import { GATEWAY, type PlanStatus } from '../../domain/plan/survey-plan.js'
import type { Survey } from '../../domain/survey.js'
import { given } from '../../domain/targeting/expand.js'
import { KANTAR } from '../domain/eligibility/facts.js'
import { age, type Before, holdDoors, mostly, panelist, person, quotas, SEX, sex } from '../support/doors.js'
import { SOON } from '../support/patience.js'
import { as, type RouterApi, startRouterApi } from '../support/router-api.js'
import { aSession, entryOf } from '../support/sessions.js'
import { aSurvey } from '../support/surveys.js'

let api: RouterApi
beforeAll(async () => {
  api = await startRouterApi()
})
afterAll(() => api.close())

/** Each run asks seven doors of a running API, which wait for its catalogue to follow. */
const RUNS_MS = 300_000

test(
  'a provider’s survey: match, explanation, booking, router, feed, suppliers and click decide alike',
  async () => {
    const reasons = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          status: mostly<Survey['status']>('open', 'paused', 'closed'),
          enterable: mostly(true, false),
          finishAt: mostly<string | null>(null, '2020-01-01T00:00:00Z'),
          availableCompletes: mostly<number | null>(null, 0),
          panels: mostly<string[] | undefined>(undefined, ['toplife']),
          clauses: mostly<Survey['clauses']>([], [SEX('kantar')]),
          quotas: quotas('kantar'),
          fullQuotaTerminates: mostly(false, true),
          additionalQualifications: mostly(0, 2),
        }),
        person,
        async ({ panels, ...drawnSurvey }, someone) => {
          const providerSurveyId = `doors-${randomUUID()}`
          const described = { ...drawnSurvey, providerSurveyId, ...(panels === undefined ? {} : { panels }) }
          // sessions of the doors before count for nothing at this rate
          const survey = aSurvey({ ...described, conversionPercent: 0, locale: null })
          const surveyId = await api.stock('kantar-us', survey)
          const ids = { surveyId, connection: 'kantar-us', providerSurveyId }
          const facts = (changes: Partial<Facts>, who: string): Facts => ({
            surveyId,
            survey,
            status: survey.status,
            connection: KANTAR,
            panel: { id: 'lifepoints', caps: null },
            panelist: panelist(who, someone, ids),
            circumstances: NO_CIRCUMSTANCES,
            profile: new Map([
              ['kantar:age', given([String(someone.age)])],
              ...(someone.sex === null ? [] : [['kantar:sex', given([someone.sex])] as const]),
            ]),
            figures: NO_FIGURES,
            plan: null,
            quota: { kind: 'best' },
            now: new Date(),
            ...changes,
          })
          const decision = await holdDoors(api, ids, facts, someone)
          reasons.add(decision.reason?.rule ?? 'none')

          const supplier = await as(api, 'lifepoints')
            .get(`/suppliers/v2/surveys/${surveyId}`)
            .set('access-token', 'tk_lifepoints_0123456789')
          const shown = decide(
            facts({ profile: null, quota: { kind: 'these', quotaIds: [] }, panelist: NOBODY }, ''),
            'show',
          )
          // a panel that it is not for sees it in the quantities
          const notForPanel =
            shown.reason?.rule === 'panel' && shown.trace.rules.filter(({ holds }) => holds === 'no').length === 1
          expect(supplier.body.survey.survey_status === 22).toBe(shown.verdict !== 'no' || notForPanel)

          const [first] = survey.quotas
          const clicking = aSession({
            connection: 'kantar-us',
            providerSurveyId,
            surveyId,
            providerQuotaId: first?.quotaId ?? null,
            createdAt: new Date(),
          })
          await insertSession(api.database.knex, clicking)
          await storeEntry(api.database.knex, clicking.sessionId, entryOf(clicking.sessionId), new Date())
          const atClick = decide(
            facts(
              {
                profile: null,
                quota: { kind: 'these', quotaIds: first === undefined ? [] : [first.quotaId] },
                panelist: NOBODY,
              },
              '',
            ),
            'click',
          )
          const click = await enterSession(api.database.knex, clicking.entryToken, new Date())
          expect(click !== null).toBe(atClick.verdict !== 'no')
        },
      ),
      { numRuns: 40 },
    )
    expect(reasons.size).toBeGreaterThan(5)
  },
  RUNS_MS,
)

test(
  'a buyer’s plan: the same doors decide alike, and the plan’s click',
  async () => {
    const status = mostly<PlanStatus>('OPEN', 'PAUSED', 'CLOSED')
    const reasons = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          status,
          men: status,
          quotas: fc.boolean(),
          every: mostly<'first' | 'every'>('first', 'every'),
          finishDate: mostly<string | undefined>(undefined, '2020-01-01T00:00:00Z'),
          ofSex: fc.boolean(),
        }),
        fc.record({ before: mostly<Before>('nothing', 'completed', 'under way', 'blocked', 'unwanted'), sex, age }),
        async (plan, someone) => {
          const { knex } = api.database
          const planId = await api.launch({
            locale: 'en-US',
            estimatedCr: 0,
            quotaRule: plan.every,
            ...(plan.finishDate === undefined ? {} : { finishDate: plan.finishDate }),
            qualifications: plan.ofSex ? [{ questionId: 'sex', answers: ['male'] }] : [],
            quotas: plan.quotas
              ? [
                  { id: 'men', qualifications: [{ questionId: 'sex', answers: ['male'] }], targetCompletes: 5 },
                  { id: 'women', qualifications: [{ questionId: 'sex', answers: ['female'] }] },
                ]
              : [],
          })
          await knex.transaction(async (trx) => {
            if (plan.quotas && plan.men !== 'OPEN')
              await setQuotaStatus(trx, 'acme', planId, 'men', plan.men, new Date())
            if (plan.status !== 'OPEN') await setPlanStatus(trx, 'acme', planId, plan.status, new Date())
          })
          await stampRevisions(knex)
          const surveyId = surveyIdOf(GATEWAY, planId)
          await expect
            .poll(async () => (await knex('surveys').where({ survey_id: surveyId }).first('dirty'))?.dirty, SOON)
            .toBe(false)
          const ids = { surveyId, connection: GATEWAY, providerSurveyId: planId }
          const record = await findPlan(knex, planId, new Date())
          if (record === null) throw new Error('the plan is gone')
          const survey = surveyOfPlan(record)
          const facts = (changes: Partial<Facts>, who: string): Facts => ({
            surveyId,
            survey,
            status: survey.status,
            connection: { ...KANTAR, id: GATEWAY },
            panel: { id: 'lifepoints', caps: null },
            panelist: panelist(who, someone, ids),
            circumstances: NO_CIRCUMSTANCES,
            profile: new Map([
              ['gateway:age', given([String(someone.age)])],
              ...(someone.sex === null ? [] : [['gateway:sex', given([someone.sex])] as const]),
            ]),
            figures: NO_FIGURES,
            plan: record,
            quota: { kind: 'best' },
            now: new Date(),
            ...changes,
          })
          const decision = await holdDoors(api, ids, facts, someone)
          reasons.add(decision.reason?.rule ?? 'none')
          const quotaIds = plan.quotas ? ['men'] : []
          const clicking = aSession({
            connection: GATEWAY,
            provider: GATEWAY,
            providerSurveyId: planId,
            surveyId,
            providerQuotaId: quotaIds[0] ?? null,
            createdAt: new Date(),
            plan: { planId, quotaIds, finishToken: randomUUID(), panelistProfile: {} },
          })
          await insertSession(knex, clicking)
          await storeEntry(knex, clicking.sessionId, entryOf(clicking.sessionId), new Date())
          const atClick = decide(
            facts({ profile: null, quota: { kind: 'these', quotaIds }, panelist: NOBODY }, ''),
            'click',
          )
          const click = await enterPlanSession(knex, clicking.entryToken, () => 60_000, new Date())
          expect(click.kind).toBe(atClick.verdict === 'no' ? 'refused' : 'entered')
        },
      ),
      { numRuns: 25 },
    )
    expect(reasons.size).toBeGreaterThan(3)
  },
  RUNS_MS,
)
