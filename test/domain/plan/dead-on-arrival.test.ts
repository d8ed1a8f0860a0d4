import { expect, test } from 'vitest'
import { deadOnArrival } from '../../../domain/plan/dead-on-arrival.js'
import type { PlanQuota } from '../../../domain/plan/survey-plan.js'

const NOW = new Date('2026-11-22T12:00:00.000Z')
const quota = (id: string, targetCompletes?: number): PlanQuota => ({
  id,
  qualifications: [],
  ...(targetCompletes === undefined ? {} : { targetCompletes }),
})
const reasons = (finishDate: string | undefined, quotas: readonly PlanQuota[]) =>
  deadOnArrival({ quotas, ...(finishDate === undefined ? {} : { finishDate }) }, NOW)

test('a plan that somebody can get into has no reason against it', () => {
  expect(reasons(undefined, [])).toEqual([])
  expect(reasons('2026-11-22T12:00:00.001Z', [quota('a', 0), quota('b', 1)])).toEqual([])
  expect(reasons(undefined, [quota('a', 0), quota('b')])).toEqual([])
})

test('a plan that is finished already says its date', () => {
  expect(reasons('2026-11-22T12:00:00.000Z', [])).toEqual([
    'finish_date 2026-11-22T12:00:00.000Z is in the past: the plan admits no respondents and closes automatically',
  ])
})

test('a plan whose quota targets are all 0 has that warning in addition to the others', () => {
  const wantsNobody = 'every quota has target_completes 0: the plan admits no respondents'
  expect(reasons(undefined, [quota('a', 0), quota('b', 0)])).toEqual([wantsNobody])
  expect(reasons('2020-01-01T00:00:00Z', [quota('a', 0)])).toHaveLength(2)
})
