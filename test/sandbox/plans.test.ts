import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { SupplierPlan } from '../../sandbox/kantar/wire.js'
import { createSandbox } from '../../sandbox/server.js'
import { poll, startSandbox } from './support.js'

const frozen = { start: new Date('2026-11-01T12:00:00Z'), speed: 0 }

describe('the inventory', () => {
  test('has plans that match the document, at first and after many changes', async () => {
    const sandbox = await startSandbox({ seed: 'schema', kantar: { plans: 1500 } })
    for (let times = 0; times < 100; times++) sandbox.kantar.ticker.tick()
    const items = await poll(sandbox.base)
    expect(items.length).toBeGreaterThanOrEqual(1500)
    for (const item of items) {
      const plan = SupplierPlan.safeParse(item.survey_plan)
      expect(plan.error ? z.prettifyError(plan.error) : undefined).toBeUndefined()
      expect(item.version).toMatch(/^\d+:\d+$/)
      // the supplier's view does not have these (Kantar Gateway API, Supply API)
      for (const hidden of ['survey_url', 'survey_id', 'survey_platform', 'target_panels', 'target_completes'])
        expect(item.survey_plan).not.toHaveProperty(hidden)
    }
  })

  test('has every unusual value that the document allows', async () => {
    const { base } = await startSandbox({ kantar: { plans: 1500 } })
    const items = await poll(base)
    const plans = items.map((item) => item.survey_plan)
    const quotas = plans.flatMap((plan) => plan.quotas)
    const values = <T>(read: (plan: SupplierPlan) => T) => new Set(plans.map(read))
    expect(values((plan) => plan.status)).toEqual(new Set(['OPEN', 'PAUSED', 'CLOSED']))
    expect(values((plan) => plan.pricing.unit)).toEqual(new Set(['fractional', 'main']))
    expect(values((plan) => plan.pricing.currency)).toEqual(new Set(['USD', 'GBP', 'EUR', 'CAD', 'AUD']))
    expect(values((plan) => plan.quotas.length)).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    expect(quotas.some((quota) => quota.pricing)).toBe(true)
    expect(quotas.some((quota) => quota.status === 'OPEN' && quota.available_completes === 0)).toBe(true)
    expect(quotas.some((quota) => quota.additional_qualification_count)).toBe(true)
    expect(plans.some((plan) => plan.qualifications.some((one) => one.qualifying_answers.length > 1))).toBe(true)
    expect(plans.some((plan) => plan.additional_qualification_count)).toBe(true)
    expect(plans.some((plan) => plan.finish_date === undefined)).toBe(true)
    expect(plans.some((plan) => 'survey_topic_score' in plan)).toBe(true)
    expect(items.some((item) => item.survey_session_creation_url === undefined)).toBe(true)
    expect(new Set(quotas.map((quota) => quota.id)).size).toBeLessThan(quotas.length / 10)
  })

  test('is the same for the same seed, also after changes, and differs for another seed', () => {
    const grow = (seed: string) => {
      const { kantar } = createSandbox({ seed, clock: frozen, kantar: { plans: 50 } })
      for (let times = 0; times < 10; times++) kantar.ticker.tick()
      return kantar.plans.all().map((stored) => ({ ...stored, json: kantar.plans.jsonOf(stored) }))
    }
    expect(grow('a')).toEqual(grow('a'))
    expect(grow('a').map(({ plan }) => plan.id)).not.toEqual(grow('b').map(({ plan }) => plan.id))
  })

  test('gives each changed plan a new ack_id, and no other plan', () => {
    const { kantar } = createSandbox({ clock: frozen, kantar: { plans: 200 } })
    const before = kantar.plans.lastAckId
    const changes = kantar.ticker.tick()
    expect(changes.length).toBeGreaterThan(0)
    const moved = kantar.plans.since(before, 'lifepoints').map(({ plan }) => plan.id)
    expect(new Set(moved)).toEqual(new Set(changes.map(({ plan }) => plan)))
  })

  test('closes a plan past its finish_date', () => {
    let now = new Date('2026-11-01T12:00:00Z')
    const clock = { now: () => now, realMilliseconds: () => 0 }
    const { kantar } = createSandbox({ clock, kantar: { plans: 40 } })
    now = new Date('2027-11-01T12:00:00Z')
    kantar.ticker.tick()
    const late = kantar.plans.all().filter(({ plan }) => plan.finish_date && plan.finish_date < now.toISOString())
    expect(late.length).toBeGreaterThan(10)
    expect(late.every(({ plan }) => plan.status === 'CLOSED')).toBe(true)
  })

  test('keeps its size: new plans are added, acknowledged closed ones are deleted', () => {
    let now = new Date('2026-11-01T12:00:00Z')
    const clock = { now: () => now, realMilliseconds: () => 0 }
    const { kantar } = createSandbox({ clock, kantar: { plans: 60 } })
    const atFirst = kantar.plans.openCount()
    for (let day = 0; day < 120; day++) {
      now = new Date(now.getTime() + 86_400_000)
      for (let times = 0; times < 5; times++) kantar.ticker.tick()
      for (const account of kantar.accounts) account.cursor = kantar.plans.lastAckId
      expect(kantar.plans.openCount()).toBeGreaterThan(atFirst * 0.5)
      expect(kantar.plans.size).toBeLessThan(300)
    }
  })

  test('keeps a closed plan that is not acknowledged', () => {
    const { kantar } = createSandbox({ clock: frozen, kantar: { plans: 20 } })
    const [first] = kantar.plans.all()
    kantar.plans.change(first?.plan.id ?? '', { status: 'CLOSED' })
    kantar.plans.forgetClosed(kantar.plans.lastAckId - 1, 100)
    expect(kantar.plans.get(first?.plan.id ?? '')).toBeDefined()
    kantar.plans.forgetClosed(kantar.plans.lastAckId, 100)
    expect(kantar.plans.get(first?.plan.id ?? '')).toBeUndefined()
  })

  test('changes periodically with tickMs', async () => {
    const sandbox = await startSandbox({ tickMs: 20, clock: { speed: 1 } })
    const before = sandbox.kantar.plans.lastAckId
    await expect.poll(() => sandbox.kantar.plans.lastAckId).toBeGreaterThan(before)
  })
})
