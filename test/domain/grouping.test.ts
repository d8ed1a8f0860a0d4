import { describe, expect, test } from 'vitest'
import { excludedByGroup, type TakenSurvey } from '../../domain/grouping.js'

const NOW = new Date('2026-11-20T10:00:00Z')
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000)
const group = (...surveyIds: string[]) => ({ surveyIds, exclusionDays: 30 })
const took = (providerSurveyId: string, given: Partial<TakenSurvey> = {}): TakenSurvey => ({
  connection: 'ps',
  providerSurveyId,
  at: daysAgo(1),
  grouping: null,
  ...given,
})

describe('surveys of one group', () => {
  test('a panelist who did one is excluded from the others, whichever survey names the group', () => {
    expect(excludedByGroup('ps', 'b', { grouping: group('a') }, [took('a')], NOW)).toBe('a')
    expect(excludedByGroup('ps', 'b', {}, [took('a', { grouping: group('b') })], NOW)).toBe('a')
    expect(excludedByGroup('ps', 'c', { grouping: group('a') }, [took('b')], NOW)).toBeNull()
    expect(excludedByGroup('ps', 'b', {}, [took('a')], NOW)).toBeNull()
  })

  test('the exclusion lasts for the period, to the day', () => {
    const grouping = group('a')
    const at = (days: number) => excludedByGroup('ps', 'b', { grouping }, [took('a', { at: daysAgo(days) })], NOW)
    expect(at(29.999)).toBe('a')
    expect(at(30)).toBeNull()
    expect(at(0)).toBe('a')
  })

  test('equal ids at two connections are two surveys', () => {
    expect(excludedByGroup('other', 'b', { grouping: group('a') }, [took('a')], NOW)).toBeNull()
  })
})
