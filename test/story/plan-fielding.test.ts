import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { persist, type Story, startStory } from '../support/story.js'

const BUYER = { 'x-api-key': 'dk_story' }
const PLATFORM = { 'x-api-key': 'pk_story' }
const SUPPLIER = { 'access-token': 'tk_story' }

let story: Story
beforeAll(async () => {
  story = await startStory({
    sessions: `demand_partners: [{ id: acme, api_key: dk_story, buyer_id: 163 }]
survey_platforms: [{ id: DECIPHER, api_key: pk_story }]`,
  })
}, 300_000)
afterAll(() => story?.close(), 180_000)

interface Update {
  readonly survey_session_creation_url: string
  readonly survey_plan: { readonly id: string; readonly group_id?: string; readonly status: string }
}
interface Listed {
  readonly id: string
  readonly status: string
  readonly status_reason: string
}

const fed = async (groupId: string): Promise<Update | null> => {
  const updates = JSON.parse((await story.call('GET', '/surveys')).text) as Update[]
  return updates.find(({ survey_plan }) => survey_plan.group_id === groupId) ?? null
}

async function launch(groupId: string, given: object, policy: object = {}) {
  const created = await story.call(
    'POST',
    '/survey-plan',
    {
      survey_id: groupId,
      group_id: groupId,
      country: 'USA',
      survey_url: 'https://survey-platform.example/survey',
      type: 'interview',
      estimated_loi: 5,
      estimated_cr: 25,
      estimated_ir: 80,
      target_completes: 24,
      survey_platform: 'Decipher',
      target_panels: [{ name: 'lifepoints' }],
      pricing: { cpi: 250, unit: 'fractional', currency: 'USD' },
      quotas: [],
      qualifications: [],
      ...given,
    },
    BUYER,
  )
  expect(created.status, created.text).toBe(201)
  const planId = String(created.body.id)
  const agreed = await story.call('PUT', `/v1/plans/${planId}/policy`, policy, BUYER)
  expect(agreed.status, agreed.text).toBe(200)
  const update = await persist('the plan in the feed', () => fed(groupId))
  return { planId, surveyId: update.survey_plan.id, creationUrl: update.survey_session_creation_url }
}

/** A respondent clicks an entry link. @returns the session's token, null when the entry is refused */
async function comes(creationUrl: string, panelistId: string): Promise<string | null> {
  const created = await story.call('POST', creationUrl, { panelist_id: panelistId, panelist_profile: { age: 22 } })
  if (created.status === 400) return null
  expect(created.status, created.text).toBe(200)
  const start = await story.call('GET', String(created.body.url))
  return start.location.startsWith('https://survey-platform.example/')
    ? new URL(start.location).searchParams.get('t')
    : null
}

async function completes(creationUrl: string, panelistId: string): Promise<void> {
  const outcome = { session_id: await comes(creationUrl, panelistId), outcome: 'COMPLETED' }
  const told = await story.call('POST', '/panelist-outcome', outcome, PLATFORM)
  expect(told.status, told.text).toBe(200)
}

const supplierView = async (surveyId: string) =>
  (await story.call('GET', `/suppliers/v2/surveys/${surveyId}`, undefined, SUPPLIER)).body.survey as Record<
    string,
    unknown
  >
const listed = async (planId: string): Promise<Listed | undefined> => {
  const { plans } = (await story.call('GET', '/v1/plans', undefined, BUYER)).body as unknown as {
    plans: readonly Listed[]
  }
  return plans.find(({ id }) => id === planId)
}
const driven = async (planId: string): Promise<boolean> =>
  (await story.database.knex('survey_plans').where({ plan_id: planId }).first('workflow_started_at'))
    ?.workflow_started_at !== null

describe('the fielding of a survey plan', () => {
  it("shows a panel its guarantee, in the figures of the document's example", async () => {
    const { surveyId, creationUrl } = await launch('guaranteed', {}, { allocations: { lifepoints: 10 } })
    for (const panelistId of ['ann', 'bob', 'cem']) await completes(creationUrl, panelistId)
    expect(await supplierView(surveyId)).toMatchObject({
      survey_id: surveyId,
      survey_status: 22,
      cpi: 2.5,
      buyer_id: 163,
      supplier_completes: {
        needed: 24,
        achieved: 3,
        remaining: 21,
        guaranteed_allocation: 10,
        guaranteed_allocation_remaining: 7,
      },
    })
  })

  it('ends at the finish date: for the buyer, the feed and the supply view', async () => {
    const { planId, surveyId, creationUrl } = await launch('short', {
      finish_date: new Date(Date.now() + 12_000).toISOString(),
    })
    await persist('its workflow', async () => ((await driven(planId)) ? true : null))
    expect(await listed(planId)).toMatchObject({ status: 'OPEN' })
    await persist('the end', async () => ((await listed(planId))?.status === 'CLOSED' ? true : null))
    expect(await listed(planId)).toMatchObject({ status_reason: 'finish_date' })
    expect(await supplierView(surveyId)).toMatchObject({ survey_status: 44 })
    await persist('the end in the feed', async () => {
      const update = await fed('short')
      return update?.survey_plan.status === 'CLOSED' ? true : null
    })
    expect(await comes(creationUrl, 'late')).toBeNull()
    await persist('the end of its workflow', async () => ((await driven(planId)) ? null : true))
  }, 300_000)

  it('pauses after the soft launch, and continues by itself', async () => {
    const policy = { soft_launch: { completes: 1, pause: '2s' } }
    const { creationUrl, surveyId } = await launch('softly', { target_completes: 3 }, policy)
    expect(await supplierView(surveyId)).toMatchObject({ soft_launch: true })
    await completes(creationUrl, 'first')
    expect(await comes(creationUrl, 'too-early')).toBeNull()
    await persist('the full launch', async () => ((await supplierView(surveyId)).soft_launch === false ? true : null))
    await completes(creationUrl, 'second')
    expect(await supplierView(surveyId)).toMatchObject({ supplier_completes: { achieved: 2, remaining: 1 } })
  }, 300_000)

  it('ends its workflow when a complete fills the plan', async () => {
    const { planId, creationUrl } = await launch('filled', { target_completes: 1 })
    await persist('its workflow', async () => ((await driven(planId)) ? true : null))
    await completes(creationUrl, 'only-one')
    expect(await listed(planId)).toMatchObject({ status: 'CLOSED', status_reason: 'filled' })
    await persist('the end of its workflow', async () => ((await driven(planId)) ? null : true))
  }, 300_000)

  it('breaks no invariant', async () => {
    expect(await checkInvariants(story.database.knex)).toEqual([])
  })
})
