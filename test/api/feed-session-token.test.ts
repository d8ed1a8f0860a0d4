import { describe, expect, it } from 'vitest'
import { issueSessionToken, readSessionToken } from '../../api/tokens/session-token.js'

const SECRET = Buffer.alloc(32, 1)
const SURVEY = 'sv_0123456789abcdef01234567'

describe('the token of a session creation URL', () => {
  const token = issueSessionToken(SECRET, 'lifepoints', SURVEY)

  it('names its survey and is the same at every poll', () => {
    expect(readSessionToken(SECRET, 'lifepoints', token)).toBe(SURVEY)
    expect(issueSessionToken(SECRET, 'lifepoints', SURVEY)).toBe(token)
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it('is not valid for another panel or another installation', () => {
    expect(readSessionToken(SECRET, 'toplife', token)).toBeNull()
    expect(readSessionToken(Buffer.alloc(32, 2), 'lifepoints', token)).toBeNull()
  })

  it('cannot be made to name another survey', () => {
    const other = token.replace('sv_0', 'sv_1')
    expect(readSessionToken(SECRET, 'lifepoints', other)).toBeNull()
    // moving characters between panel id and survey id gives another token
    expect(issueSessionToken(SECRET, 'a', 'bc').slice(-32)).not.toBe(issueSessionToken(SECRET, 'ab', 'c').slice(-32))
  })

  it.each(['', 'x', SURVEY, `${token}a`, token.slice(1), `${token.slice(0, -1)}!`, 'ü'.repeat(60), 'a'.repeat(5_000)])(
    'finds no survey in %j',
    (given) => {
      expect(readSessionToken(SECRET, 'lifepoints', given)).toBeNull()
    },
  )
})
