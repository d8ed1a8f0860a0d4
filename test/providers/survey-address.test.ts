import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { surveyAddress } from '../../providers/survey-address.js'

const TOKEN = 'tok-en_1'
const address = (template: string, session: Record<string, string> = {}, named: [string, string][] = []) =>
  surveyAddress(template, TOKEN, { session, named: new Map(named) })

describe('the token', () => {
  test.each([
    // the document's own examples (Knowledge Base, Configuring your survey entry)
    ['https://www.surveyplatform.com/survey', 'https://www.surveyplatform.com/survey?t=tok-en_1'],
    [
      'https://www.surveyplatform.com/survey?session_var=((SESSION_ID))',
      'https://www.surveyplatform.com/survey?session_var=tok-en_1',
    ],
    ['https://s.example/x?a=1', 'https://s.example/x?a=1&t=tok-en_1'],
    ['https://s.example/x?a=1&', 'https://s.example/x?a=1&t=tok-en_1'],
    ['https://s.example/x?', 'https://s.example/x?t=tok-en_1'],
    ['https://s.example/x#part', 'https://s.example/x?t=tok-en_1#part'],
    ['https://s.example/x?a=1#part?b=2', 'https://s.example/x?a=1&t=tok-en_1#part?b=2'],
    ['https://s.example/x?a=%2F+b&c', 'https://s.example/x?a=%2F+b&c&t=tok-en_1'],
    ['https://s.example/((SESSION_ID))/x', 'https://s.example/tok-en_1/x'],
    ['https://s.example/x?a={{SESSION_ID}}', 'https://s.example/x?a=tok-en_1'],
    ['https://s.example/x?a=(( session_id ))', 'https://s.example/x?a=tok-en_1'],
    // escaped as by address bars and URL libraries
    ['https://s.example/x?a=%7B%7BSESSION_ID%7D%7D', 'https://s.example/x?a=tok-en_1'],
    ['https://s.example/x?a=%7b%7bsession%5fid%7d%7d&b=%2F', 'https://s.example/x?a=tok-en_1&b=%2F'],
    ['https://s.example/x?a=%28%28%20SESSION_ID%20%29%29', 'https://s.example/x?a=tok-en_1'],
    ['https://s.example/x?a=(%28SESSION_ID%29)', 'https://s.example/x?a=tok-en_1'],
    [
      'https://s.example/x?a=%257B%257BSESSION_ID%257D%257D',
      'https://s.example/x?a=%257B%257BSESSION_ID%257D%257D&t=tok-en_1',
    ],
    ['https://s.example/x?a=%28SESSION_ID%29', 'https://s.example/x?a=%28SESSION_ID%29&t=tok-en_1'],
  ])('in %s', (template, expected) => {
    expect(address(template)).toBe(expected)
  })

  test.each([
    ['https://s.example/x?t=', 'https://s.example/x?t=tok-en_1'],
    ['https://s.example/x?t=old&a=1', 'https://s.example/x?t=tok-en_1&a=1'],
    ['https://s.example/x?a=1&t=1&b=2&t=2', 'https://s.example/x?a=1&t=tok-en_1&b=2'],
    ['https://s.example/x?a=1&t', 'https://s.example/x?a=1&t=tok-en_1'],
    ['https://s.example/x?t=((SESSION_ID))', 'https://s.example/x?t=tok-en_1'],
    ['https://s.example/x?tt=1', 'https://s.example/x?tt=1&t=tok-en_1'],
  ])('is added only once: %s', (template, expected) => {
    expect(address(template)).toBe(expected)
  })
})

describe('a placeholder', () => {
  const session = { SURVEY_ID: 'a/b', PANELIST_ID: "o'x&y=(1)" }

  test('becomes its value, percent-encoded', () => {
    const filled = address('https://s.example/x?s=((SURVEY_ID))&p=((PANELIST_ID))&custom=data', session)
    expect(filled).toBe('https://s.example/x?s=a%2Fb&p=o%27x%26y%3D%281%29&custom=data&t=tok-en_1')
    expect(new URL(filled).searchParams.get('p')).toBe("o'x&y=(1)")
  })

  test('that is unknown becomes empty', () => {
    expect(address('https://s.example/x?a=((NOBODY))&b=((constructor))')).toBe('https://s.example/x?a=&b=&t=tok-en_1')
  })

  test('may name custom_panel_data, which cannot replace our own names', () => {
    const named: [string, string][] = [
      ['click', 'c-1'],
      ['SURVEY_ID', 'forged'],
      ['survey_id', 'forged'],
      ['SESSION_ID', 'forged'],
    ]
    expect(address('https://s.example/((click))/((survey_id))/((SESSION_ID))', session, named)).toBe(
      'https://s.example/c-1/a%2Fb/tok-en_1',
    )
  })

  test('in a value is not replaced', () => {
    const filled = address('https://s.example/x?a=((click))', {}, [['click', '((SESSION_ID))']])
    expect(new URL(filled).searchParams.get('a')).toBe('((SESSION_ID))')
    expect(new URL(filled).searchParams.get('t')).toBe(TOKEN)
  })
})

test('any value keeps the address’s parts and is read back unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (panelist, click) => {
      const filled = new URL(
        address('https://s.example/x?p=((PANELIST_ID))&c=((click))&k=1#f', { PANELIST_ID: panelist }, [
          ['click', click],
        ]),
      )
      expect(filled.searchParams.get('p')).toBe(panelist)
      expect(filled.searchParams.get('c')).toBe(click)
      expect([...filled.searchParams.keys()]).toEqual(['p', 'c', 'k', 't'])
      expect([filled.host, filled.pathname, filled.hash]).toEqual(['s.example', '/x', '#f'])
    }),
  )
})
