import { describe, expect, test } from 'vitest'
import { LiveChecks } from '../../api/eligibility/live-checks.js'
import { Turns } from '../../api/http/turns.js'
import type { Difference } from '../../catalogue/compare.js'
import type { CatalogueQuery } from '../../catalogue/match-all.js'

const QUERY: CatalogueQuery = {
  panelist: {
    panelistId: 'canary-panelist',
    country: 'USA',
    locale: null,
    dateOfBirth: null,
    profile: { sex: 'canary' },
  },
  device: null,
  panel: 'lifepoints',
  connections: [],
  excludedSurveys: new Set(),
  excludedGroups: new Set(),
  limit: 20,
}

function checksOf(compare: () => Promise<Difference[]>, random = 0) {
  const logged: { fields: object; event: string }[] = []
  const note = (fields: object, event: string) => void logged.push({ fields, event })
  const logger = { error: note, warn: note } as unknown as ConstructorParameters<typeof LiveChecks>[0]['logger']
  const checks = new LiveChecks({ catalogue: { compare }, turns: new Turns(), logger, random: () => random })
  return { checks, logged }
}

describe('a sampled match', () => {
  test('that is what the rules say is counted, and nothing is logged', async () => {
    const { checks, logged } = checksOf(async () => [])
    checks.consider(QUERY, 'lifepoints')
    await checks.settled()
    expect(checks.counts()).toEqual({ same: 1, different: 0, latest: null })
    expect(logged).toEqual([])
  })

  test('that differs is counted once and logged by survey and rule, without personal data', async () => {
    const difference: Difference = { surveyId: 'sv_1', rule: 'invitation' }
    const { checks, logged } = checksOf(async () => Array(50).fill(difference))
    checks.consider(QUERY, 'lifepoints')
    await checks.settled()
    expect(checks.counts()).toEqual({ same: 0, different: 1, latest: difference })
    expect(logged).toHaveLength(20)
    expect(logged[0]).toEqual({
      fields: { survey: 'sv_1', rule: 'invitation', differences: 50 },
      event: 'index and decision differ',
    })
    expect(JSON.stringify(logged)).not.toContain('canary')
  })

  test('is one in four thousand, one at a time, and begins after the caller is done', async () => {
    let compared = 0
    const sampled = checksOf(async () => {
      compared += 1
      return []
    }, 0.999 / 4_000).checks
    sampled.consider(QUERY, 'lifepoints')
    sampled.consider(QUERY, 'lifepoints')
    expect(compared).toBe(0)
    await sampled.settled()
    expect(compared).toBe(1)
    const { checks } = checksOf(async () => [], 1 / 4_000)
    checks.consider(QUERY, 'lifepoints')
    await checks.settled()
    expect(checks.counts()).toMatchObject({ same: 0, different: 0 })
  })

  test('that cannot be compared is no failure of a request', async () => {
    const { checks, logged } = checksOf(() => Promise.reject(new Error('no')))
    checks.consider(QUERY, 'lifepoints')
    await checks.settled()
    expect(checks.counts()).toMatchObject({ same: 0, different: 0 })
    expect(logged.map(({ event }) => event)).toEqual(['check of a match failed'])
  })
})
