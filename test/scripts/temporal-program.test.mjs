import { describe, expect, it } from 'vitest'
import { findTemporalProgram, isNewEnough, temporalSources } from '../../scripts/temporal-program.mjs'

describe('findTemporalProgram', () => {
  it('searches in the documented order', () => {
    expect(Object.keys(temporalSources)).toEqual(['on PATH', 'fetched before', "the SDK's download", 'PyPI wheel'])
  })

  it('uses the first that works and tries no other', async () => {
    const asked = []
    const source = (name, answer) => [
      name,
      async () => {
        asked.push(name)
        return answer
      },
    ]
    const sources = Object.fromEntries([
      source('first', { reason: 'not there' }),
      source('second', { executable: '/bin/temporal' }),
      source('third', { executable: '/bin/other' }),
    ])
    expect(await findTemporalProgram({ sources })).toEqual({ executable: '/bin/temporal', source: 'second' })
    expect(asked).toEqual(['first', 'second'])
  })

  it('names every reason and fix in one line when there is none', async () => {
    const sources = { first: async () => ({ reason: 'not there' }), second: async () => ({ reason: 'no\nnetwork' }) }
    const failure = findTemporalProgram({ sources })
    await expect(failure).rejects.toThrow(/first: not there; second: no \| network/)
    await expect(failure).rejects.toThrow(/^[^\n]*install python3 with pip[^\n]*TEMPORAL_ADDRESS[^\n]*$/)
  })
})

describe('isNewEnough', () => {
  it.each([
    ['temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)', true],
    ['temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)', true],
    ['temporal version 1.4.0 (Server 1.27.2, UI 2.38.0)', false],
    ['temporal version 1.10.0', true],
    ['temporal version 0.13.2', false],
    ['tctl 1.18', false],
  ])('%s: %s', (line, answer) => {
    expect(isNewEnough(line)).toBe(answer)
  })
})
