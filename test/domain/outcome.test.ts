import { expect, test } from 'vitest'
import { isOutcome, OUTCOMES, reaches } from '../../domain/outcome.js'

test('the gateway’s eight words, as it spells them and no others', () => {
  expect(OUTCOMES).toHaveLength(8)
  for (const word of OUTCOMES) expect(isOutcome(word)).toBe(true)
  for (const word of ['completed', 'Completed', ' COMPLETED', 'SUCCESS', '', null, 1, ['COMPLETED'], 'constructor'])
    expect(isOutcome(word)).toBe(false)
})

test('a grade reaches itself and the grades below', () => {
  expect(reaches('E1', 'E1')).toBe(true)
  expect(reaches('E2', 'E1')).toBe(true)
  expect(reaches('E0', 'E1')).toBe(false)
  expect(reaches('E2', 'E3')).toBe(false)
})
