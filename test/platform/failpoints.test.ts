import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../platform/config/faults.js'
import { FAILPOINTS, readFailpoints } from '../../platform/failpoints.js'

const read = (text: string, more: Record<string, string> = {}) =>
  readFailpoints({ TRIBUTARY_FAILPOINTS: text, ...more })
const linesOf = (work: () => unknown): readonly string[] => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
  return []
}

describe('TRIBUTARY_FAILPOINTS', () => {
  test('names points, the action and the hit', () => {
    expect([...read('poll.after_commit=kill@2; outcome.after_claim=error,postback.after_send=delay:500')]).toEqual([
      ['poll.after_commit', { kind: 'kill', hit: 2 }],
      ['outcome.after_claim', { kind: 'error', hit: null }],
      ['postback.after_send', { kind: 'delay', milliseconds: 500, hit: null }],
    ])
  })

  test('unset means none', () => {
    expect(readFailpoints({}).size).toBe(0)
  })

  test('is refused in production, in one line that names the fix', () => {
    const lines = linesOf(() => read('poll.in_txn=kill', { NODE_ENV: 'production' }))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/TRIBUTARY_FAILPOINTS: .*NODE_ENV=production/)
    expect(linesOf(() => readFailpoints({ NODE_ENV: 'production' }))).toEqual([])
  })

  test.each(['poll.after_comit=kill', 'poll.after_commit', 'poll.after_commit=explode', 'poll.after_commit=kill@0'])(
    '%s is a fault line with an example',
    (text) => {
      expect(linesOf(() => read(text))[0]).toMatch(/is not a failpoint; example: poll\.after_commit=kill@2/)
    },
  )

  test('the steps of poll, session, outcome and postback have unique names', () => {
    const steps = FAILPOINTS.map((name) => name.split('.')[0])
    expect(steps).toEqual(expect.arrayContaining(['poll', 'session', 'outcome', 'postback']))
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length)
  })
})
