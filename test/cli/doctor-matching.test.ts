import { describe, expect, test } from 'vitest'
import { checkMatching, matchingFindings } from '../../cli/doctor/matching.js'

const page = (same: number, different: number) =>
  [
    '# TYPE tributary_eligibility_checks_total counter',
    `tributary_eligibility_checks_total{result="same"} ${same}`,
    `tributary_eligibility_checks_total{result="different"} ${different}`,
    'tributary_catalogue_surveys 12',
  ].join('\n')

describe('doctor looks at the sampled matches', () => {
  test('and is content while all of them are what the rules say', () => {
    expect(matchingFindings(page(7, 0))).toMatchObject([
      { state: 'ok', found: '7 sampled matches were what the rules say' },
    ])
  })

  test('and says what to do when one was not', () => {
    expect(matchingFindings(page(7, 1))).toMatchObject([
      {
        state: 'fault',
        found: '1 of 8 sampled matches differ from the rules',
        wayOut: expect.stringContaining('runbook'),
      },
    ])
  })

  test('and reports no finding for an API that does not answer, or is older', async () => {
    expect(matchingFindings('tributary_catalogue_surveys 12')).toEqual([])
    expect(await checkMatching(null)).toEqual([])
    expect(await checkMatching('http://127.0.0.1:1')).toEqual([])
  })
})
