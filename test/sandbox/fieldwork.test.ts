import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FeedItem } from '../../sandbox/fieldwork/feed.js'
import { openFeedFile } from '../../sandbox/fieldwork/feed-file.js'
import { findRespondent } from '../../sandbox/fieldwork/respondents.js'
import { createRandom } from '../../sandbox/random.js'

type Plan = FeedItem['survey_plan']

const age = (...ranges: string[]) => ({ question_id: 'age', qualifying_answers: ranges })
const sex = (...answers: string[]) => ({ question_id: 'sex', qualifying_answers: answers })
const quota = (id: string, available: number, ...qualifications: Plan['qualifications']) => ({
  id,
  status: 'OPEN',
  available_completes: available,
  qualifications,
})
const plan = (more: Partial<Plan>): { survey_plan: Plan } => ({
  survey_plan: {
    id: 'sv',
    country: 'USA',
    status: 'OPEN',
    available_completes: 9,
    qualifications: [],
    quotas: [],
    ...more,
  },
})

test('a respondent fits the plan and an open quota with room, for any random seed', () => {
  const wanted = plan({
    qualifications: [age('16-40', '60-75'), sex('female', 'male')],
    quotas: [quota('full', 0, sex('male')), quota('room', 2, age('30-65'), sex('female'))],
  })
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const found = findRespondent(createRandom(seed), 'p', wanted)
      const given = Number(found?.profile.age)
      expect(found?.profile.sex).toBe('female')
      expect((given >= 30 && given <= 40) || (given >= 60 && given <= 65)).toBe(true)
      expect([undefined, 'room']).toContain(found?.quotaId)
    }),
  )
})

test('no respondent is found where no quota has room, or none can fit', () => {
  const random = createRandom('r')
  expect(findRespondent(random, 'p', plan({ quotas: [quota('full', 0)] }))).toBeUndefined()
  expect(findRespondent(random, 'p', plan({ qualifications: [age('16-20'), age('30-40')] }))).toBeUndefined()
  expect(findRespondent(random, 'p', plan({ qualifications: [sex('male'), sex('female')] }))).toBeUndefined()
  expect(findRespondent(random, 'p', plan({}))).toMatchObject({ panelistId: 'p', quotaId: undefined })
})

test('a panel’s stored feed is read after a restart; a broken file counts as none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feeds-'))
  try {
    const item: FeedItem = { ack_id: 7, survey_session_creation_url: 'http://t/panels/p/session/x', ...plan({}) }
    expect(openFeedFile(folder).load()).toEqual({})
    openFeedFile(folder).keep({ lifepoints: [item] })
    expect(openFeedFile(folder).load()).toEqual({ lifepoints: [item] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
