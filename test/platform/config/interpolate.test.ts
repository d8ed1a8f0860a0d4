import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpolate } from '../../../platform/config/interpolate.js'
import { faultsIn, readText, soundWith } from './reading.js'

const reference = (name: string) => `\${${name}}`

describe('interpolate', () => {
  it.each([
    ['a variable', reference('A'), { A: 'x' }, 'x'],
    ['a part of a text', `p-${reference('A')}-${reference('B')}`, { A: '1', B: '2' }, 'p-1-2'],
    ['a default when unset', reference('A:-12s'), {}, '12s'],
    ['a default when empty', reference('A:-12s'), { A: '' }, '12s'],
    ['a value before its default', reference('A:-12s'), { A: '5s' }, '5s'],
    ['an empty default', `x${reference('A:-')}`, {}, 'x'],
    ['a default with a colon and slashes', reference('A:-http://127.0.0.1:8090'), {}, 'http://127.0.0.1:8090'],
    ['an escape', `$${reference('A')}`, { A: 'x' }, reference('A')],
    ['a lone dollar', 'cost $5 {x}', {}, 'cost $5 {x}'],
  ])('fills in %s', (_, text, env, expected) => {
    const result = interpolate(text, env)
    expect(result.text).toBe(expected)
    expect(result.faults).toEqual([])
  })

  it('does not expand references in a variable’s value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(interpolate(`<${reference('A')}>`, { A: value, B: 'leaked' }).text).toBe(`<${value}>`)
      }),
    )
    expect(interpolate(reference('A'), { A: reference('B'), B: 'leaked' }).text).toBe(reference('B'))
  })

  it.each([['{'], ['{1A}'], ['{A'], ['{A:x}'], ['{}']])('reports $%s as malformed', (rest) => {
    expect(interpolate(`$${rest}`, { A: 'x' }).faults).toHaveLength(1)
  })
})

describe('the configuration', () => {
  it('reports an unset variable in one line, without the faults that follow from it', () => {
    const lines = faultsIn(soundWith({ 'connections.0.returns.verify.jwks_url': reference('JWKS') }))
    expect(lines).toEqual([expect.stringMatching(/^connections\[0\]\.returns\.verify\.jwks_url: .* JWKS is not set/)])
  })

  it('reads numbers and flags from the environment, and a key of digits as text', () => {
    const config = readText(
      soundWith({
        'limits.burst': reference('BURST'),
        'egress.allow_private': reference('PRIVATE'),
        'operators.0.api_key': reference('KEY'),
      }),
      { BURST: '70', PRIVATE: 'true', KEY: '0012' },
    )
    expect(config.limits.burst).toBe(70)
    expect(config.egress.allowPrivate).toBe(true)
    expect(config.operators[0]?.apiKey).toBe('0012')
  })

  it('treats an empty variable as absent', () => {
    expect(readText(soundWith({ 'codec.key': reference('KEY:-') })).codec.key).toBeNull()
    expect(faultsIn(soundWith({ 'operators.0.api_key': reference('KEY') }), { KEY: '' })[0]).toContain('is missing')
  })
})
