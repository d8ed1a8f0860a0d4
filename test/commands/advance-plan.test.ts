import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { advancePlan } from '../../commands/plans/advance.js'
import { deletePlan } from '../../commands/plans/delete.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { writePolicy } from '../../commands/plans/write-policy.js'
import { findPlanFacts, findUndrivenPlans, findUntoldClosures } from '../../db/read-models/plan-facts.js'
import { findSurvey } from '../../db/read-models/survey-record.js'
import { PLAN_COLUMNS, type PlanRow } from '../../db/rows/plan-row.js'
import { giveUpLostDrivers } from '../../db/stores/plan-store.js'
import { DEFAULT_POLICY } from '../../domain/plan/survey-plan.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { enter, launch, planSession } from '../support/plans.js'
import { aClaim, MINUTE, settled, T0 } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const HOUR = 60 * MINUTE
const at = (ms: number): Date => new Date(T0.getTime() + ms)
const rowOf = async (planId: string): Promise<PlanRow> =>
  database.knex('survey_plans').select(PLAN_COLUMNS).where({ plan_id: planId }).first() as Promise<PlanRow>
const surveyOf = async (planId: string) => {
  const found = await findSurvey(database.knex, (await rowOf(planId)).surveyId)
  if (found === null) throw new Error(`${planId} is not in the catalogue`)
  return found
}
const complete = async (planId: string, now: Date): Promise<void> => {
  const session = await planSession(database.knex, planId, [], { createdAt: now })
  expect(await enter(database.knex, session, now)).toMatchObject({ kind: 'entered' })
  await settled(database.knex, session.session_id, aClaim('COMPLETED'), now)
}
const ids = (plans: readonly { planId: string }[]): string[] => plans.map(({ planId }) => planId)
const LATER = at(365 * 24 * HOUR)

describe('the finish date', () => {
  test('closes a plan once it is reached, and the catalogue shows it', async () => {
    const planId = await launch(database.knex, { finishDate: at(HOUR).toISOString() })
    await advancePlan(database.knex, planId, at(HOUR - 1))
    expect(await rowOf(planId)).toMatchObject({ status: 'OPEN', workflowStartedAt: at(HOUR - 1) })
    const advanced = await advancePlan(database.knex, planId, at(HOUR))
    expect(advanced?.record.row).toMatchObject({
      status: 'CLOSED',
      statusReason: 'finish_date',
      workflowStartedAt: null,
    })
    expect(await surveyOf(planId)).toMatchObject({ status: 'closed' })
    expect(await database.knex('surveys').where({ provider_survey_id: planId }).first('dirty')).toEqual({ dirty: true })
  })

  test('keeps the reason of a plan that the buyer closed before', async () => {
    const planId = await launch(database.knex, { finishDate: at(HOUR).toISOString() })
    await database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'CLOSED', at(1)))
    await advancePlan(database.knex, planId, at(2 * HOUR))
    expect(await rowOf(planId)).toMatchObject({ status: 'CLOSED', statusReason: 'buyer' })
  })

  test('closes a plan once for eight calls at the same time', async () => {
    const planId = await launch(database.knex, { finishDate: at(HOUR).toISOString() })
    await Promise.all(Array.from({ length: 8 }, () => advancePlan(database.knex, planId, at(HOUR))))
    const { source_order } = await database.knex('surveys').where({ provider_survey_id: planId }).first()
    expect(Number(source_order)).toBe(2)
  })
})

describe('a soft launch', () => {
  const softly = { softLaunch: { completes: 2, pauseMs: HOUR } }

  test('lets no other respondent in until its pause is over', async () => {
    const planId = await launch(database.knex, {}, softly)
    await complete(planId, at(0))
    expect((await advancePlan(database.knex, planId, at(1)))?.fullLaunchAt).toBeNull()
    await complete(planId, at(10 * MINUTE))
    expect((await advancePlan(database.knex, planId, at(11 * MINUTE)))?.fullLaunchAt).toEqual(at(70 * MINUTE))
    const third = await planSession(database.knex, planId, [], { createdAt: at(0) })
    const fourth = await planSession(database.knex, planId, [], { createdAt: at(0), entryTtlMs: 10 * HOUR })
    expect(await enter(database.knex, third, at(12 * MINUTE))).toMatchObject({ why: { kind: 'soft_launch' } })

    await advancePlan(database.knex, planId, at(70 * MINUTE - 1))
    expect((await rowOf(planId)).fullyLaunchedAt).toBeNull()
    expect((await surveyOf(planId)).survey.softLaunch).toBe(true)
    const launched = await advancePlan(database.knex, planId, at(70 * MINUTE))
    expect(launched).toMatchObject({ fullLaunchAt: null, record: { fullyLaunched: true } })
    expect((await surveyOf(planId)).survey.softLaunch).toBeUndefined()
    expect(await enter(database.knex, fourth, at(71 * MINUTE))).toMatchObject({ kind: 'entered' })
  })

  test('that is reached when it is agreed pauses from then on', async () => {
    const planId = await launch(database.knex)
    await complete(planId, at(0))
    await complete(planId, at(0))
    await database.knex.transaction((trx) => writePolicy(trx, planId, { ...DEFAULT_POLICY, ...softly }, at(HOUR)))
    expect((await rowOf(planId)).softLaunchReachedAt).toBeNull()
    expect((await advancePlan(database.knex, planId, at(HOUR)))?.fullLaunchAt).toEqual(at(2 * HOUR))
    await advancePlan(database.knex, planId, at(2 * HOUR))
    expect((await rowOf(planId)).fullyLaunchedAt).toEqual(at(2 * HOUR))
  })
})

describe('another soft launch', () => {
  const agree = (planId: string, completes: number, pauseMs = HOUR) =>
    database.knex.transaction((trx) =>
      writePolicy(trx, planId, { ...DEFAULT_POLICY, softLaunch: { completes, pauseMs } }, at(HOUR)),
    )
  const reached = async () => {
    const planId = await launch(database.knex, {}, { softLaunch: { completes: 1, pauseMs: HOUR } })
    await complete(planId, at(0))
    return planId
  }

  test('than the reached one starts again and needs its own completes', async () => {
    const planId = await reached()
    await agree(planId, 3)
    expect((await advancePlan(database.knex, planId, at(5 * HOUR)))?.record.fullyLaunched).toBe(false)
    const after = await reached()
    await advancePlan(database.knex, after, at(HOUR))
    expect((await rowOf(after)).fullyLaunchedAt).toEqual(at(HOUR))
    await agree(after, 3)
    expect((await advancePlan(database.knex, after, at(5 * HOUR)))?.record.fullyLaunched).toBe(false)
  })

  test('with the same completes is the same one, with the new pause', async () => {
    const planId = await reached()
    await agree(planId, 1, 2 * HOUR)
    expect((await advancePlan(database.knex, planId, at(HOUR)))?.fullLaunchAt).toEqual(at(2 * HOUR))
  })
})

describe('the janitor finds', () => {
  test('plans without a workflow: new ones and reopened ones', async () => {
    const planId = await launch(database.knex, { finishDate: at(48 * HOUR).toISOString() })
    const found = await findUndrivenPlans(database.knex, LATER, 1_000)
    expect(found.find((one) => one.planId === planId)).toEqual({
      planId,
      country: 'USA',
      price: '1.50 USD',
      target: 30,
      finishAt: at(48 * HOUR).getTime(),
    })
    // its creator may still start the workflow
    expect(ids(await findUndrivenPlans(database.knex, T0, 1_000))).not.toContain(planId)
    await advancePlan(database.knex, planId, at(1))
    expect(ids(await findUndrivenPlans(database.knex, LATER, 1_000))).not.toContain(planId)

    await database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'CLOSED', at(2)))
    expect(ids(await findUntoldClosures(database.knex, LATER, 1_000))).toContain(planId)
    await advancePlan(database.knex, planId, at(3))
    expect(ids(await findUntoldClosures(database.knex, LATER, 1_000))).not.toContain(planId)
    expect(ids(await findUndrivenPlans(database.knex, LATER, 1_000))).not.toContain(planId)
    await database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'OPEN', at(4)))
    expect(ids(await findUndrivenPlans(database.knex, LATER, 1_000))).toContain(planId)
  })

  test('plans that a complete has filled', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    await advancePlan(database.knex, planId, at(1))
    await complete(planId, at(2))
    expect(ids(await findUntoldClosures(database.knex, LATER, 1_000))).toContain(planId)
    expect((await advancePlan(database.knex, planId, at(3)))?.record.row).toMatchObject({ statusReason: 'filled' })
    expect(ids(await findUntoldClosures(database.knex, LATER, 1_000))).not.toContain(planId)
  })

  test('plans that should have been closed long ago', async () => {
    const overdue = await launch(database.knex, { finishDate: at(HOUR).toISOString() })
    const fine = await launch(database.knex, { finishDate: at(3 * HOUR).toISOString() })
    for (const planId of [overdue, fine]) await advancePlan(database.knex, planId, at(1))
    await giveUpLostDrivers(database.knex, at(2 * HOUR))
    const undriven = ids(await findUndrivenPlans(database.knex, LATER, 1_000))
    expect(undriven).toContain(overdue)
    expect(undriven).not.toContain(fine)
  })
})

test('a deleted plan needs no workflow, and an unknown plan is null', async () => {
  const planId = await launch(database.knex, { finishDate: at(HOUR).toISOString() })
  await advancePlan(database.knex, planId, at(1))
  await database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'CLOSED', at(2)))
  await database.knex.transaction((trx) => deletePlan(trx, 'acme', planId, at(3)))
  expect(await findPlanFacts(database.knex, planId)).toBeNull()
  expect((await advancePlan(database.knex, planId, at(4)))?.record.row).toMatchObject({ workflowStartedAt: null })
  expect(await advancePlan(database.knex, 'plan_of_nobody', at(0))).toBeNull()
})
