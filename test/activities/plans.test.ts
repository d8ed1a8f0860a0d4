import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJanitorActivities } from '../../activities/janitor.js'
import { createPlanActivities } from '../../activities/plans.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { launch } from '../support/plans.js'
import { HOUR, later, MINUTE, T0 } from '../support/sessions.js'

let database: TestDatabase
const clock = { now: T0 }
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const plans = () => createPlanActivities({ knex: database.knex, clock: () => clock.now })
const janitor = () => createJanitorActivities({ knex: database.knex, clock: () => clock.now })
const catalogued = (planId: string) =>
  database.knex('surveys').where({ provider_survey_id: planId }).first('status', 'dirty', 'revision')

test('lookAfterPlan closes a plan at its finish date and stamps it for the feed', async () => {
  clock.now = T0
  const planId = await launch(
    database.knex,
    { targetCompletes: 24, finishDate: later(HOUR).toISOString() },
    { softLaunch: { completes: 3, pauseMs: MINUTE } },
  )
  const before = await catalogued(planId)
  expect(await plans().lookAfterPlan(planId)).toEqual({
    state: 'open',
    reason: 'buyer',
    demandPartner: 'acme',
    surveyId: surveyIdOf(GATEWAY, planId),
    completes: 0,
    target: 24,
    finishAt: later(HOUR).getTime(),
    softLaunch: { completes: 3, pauseMs: MINUTE, fullLaunchAt: null },
  })
  clock.now = later(HOUR)
  expect(await plans().lookAfterPlan(planId)).toMatchObject({ state: 'closed', reason: 'finish_date' })
  const after = await catalogued(planId)
  expect(after).toMatchObject({ status: 'closed', dirty: false })
  expect(BigInt(after.revision)).toBeGreaterThan(BigInt(before.revision))
  expect(await plans().lookAfterPlan('plan_of_nobody')).toMatchObject({ state: 'deleted', target: 0 })
})

test('the janitor finds plans without a workflow, and stamps rows that their writer left dirty', async () => {
  clock.now = later(MINUTE)
  const planId = await launch(database.knex)
  await database.knex('surveys').where({ provider_survey_id: planId }).update({ dirty: true })
  const found = await janitor().findLeftBehind()
  expect(found.plans?.map((plan) => plan.planId)).toContain(planId)
  expect(found).toMatchObject({ stamped: 1, sessions: [], claims: [], postbacks: [] })
  expect(await catalogued(planId)).toMatchObject({ dirty: false })
  await plans().lookAfterPlan(planId)
  const again = await janitor().findLeftBehind()
  expect(again.plans?.map((plan) => plan.planId)).not.toContain(planId)
  expect(again.stamped).toBe(0)
})

test('the janitor’s housekeeping finds a plan whose workflow was lost', async () => {
  clock.now = T0
  const planId = await launch(database.knex, { finishDate: later(HOUR).toISOString() })
  await plans().lookAfterPlan(planId)
  clock.now = later(HOUR + 5 * MINUTE)
  expect(await janitor().tidy()).toMatchObject({ plans: 0 })
  clock.now = later(HOUR + 11 * MINUTE)
  expect(await janitor().tidy()).toMatchObject({ plans: 1 })
  expect((await janitor().findLeftBehind()).plans?.map((plan) => plan.planId)).toContain(planId)
})
