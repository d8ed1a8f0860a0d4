import { describe, expect, it } from 'vitest'
import { discouraged, longTestNames } from '../../scripts/words.mjs'

const wordsOf = (file, text) => discouraged(file, text).map(({ line, word }) => `${line} ${word}`)

describe('the word check', () => {
  it.each([
    ['a line comment', '// built anew\n', '1 anew'],
    ['a docstring over two lines', '/**\n * Nobody\n * waits.\n */\nexport const a = 1\n', '2 Nobody'],
    ['a trailing comment', 'const a = 1 // for ever\n', '1 for ever'],
    ['a message', "throw new Error('There is no such survey for you')\n", '1 There is no such'],
    ['a template', 'const text = `the panel is told later`\n', '1 told'],
    ['a comment at the end of a file', 'const a = 1\n// at once', '2 at once'],
  ])('finds a word in %s', (_where, text, expected) => {
    expect(wordsOf('domain/a.ts', text)).toEqual([expected])
  })

  it.each([
    ['an identifier', 'const told = tell(nobody)\n'],
    ['a property and a path', "import { tell } from './tell-outcome.js'\nreport.told = true\n"],
    ['code in a comment', '/** Calls `tell()`. */\nexport const a = 1\n'],
    ['a word of one string', "const state = 'told'\n"],
    ['a longer word', '// settlement, tolden, anewly\n'],
  ])('leaves %s alone', (_where, text) => {
    expect(wordsOf('domain/a.ts', text)).toEqual([])
  })

  it('reads a page outside its code blocks, spans and quotations', () => {
    const page = 'Whoever asks\n\n```\nnobody\n```\n\n`tell` it\n\n> told\n\nso often\n'
    expect(wordsOf('docs/a.md', page)).toEqual(['1 Whoever', '11 so often'])
  })

  it('leaves headings, citations of headings, and tables of words alone', () => {
    const table = '| | before | after |\n|---|---|---|\n| the actor | nobody waits | no process waits |\n'
    expect(wordsOf('docs/a.md', `## For ever\n\n${table}\ntold\n`)).toEqual(['7 told'])
    expect(wordsOf('a.ts', '// docs/a.md, "What nobody reads": told\n')).toEqual(['1 told'])
  })

  it('reads the comments of scripts and configuration', () => {
    expect(wordsOf('docs/examples/a.sh', 'echo told\n# told later\n')).toEqual(['2 told'])
  })

  it('says what to write instead', () => {
    expect(discouraged('a.ts', '// anew')[0]?.instead).toContain('again')
  })

  it('finds test names of more than 90 characters', () => {
    const long = 'x'.repeat(91)
    expect(
      longTestNames(
        `  it('${long}', () => {})\n  it.each([1])('${'y'.repeat(90)}', () => {})\n  ])('${long}', () => {})\n`,
      ),
    ).toEqual([
      { line: 1, name: long },
      { line: 3, name: long },
    ])
  })
})
