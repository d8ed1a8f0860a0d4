import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { allPages, anchors, checkout, prose } from './pages.js'

const pages = allPages()
const decisions = pages.filter((page) => page.file.startsWith('docs/decisions/'))

describe('links', () => {
  it.each(pages)('of $file have an existing target', ({ file, text }) => {
    const dead = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => !leadsSomewhere(file, target))
    expect(dead).toEqual([])
  })

  it('are checked: a missing page and a missing heading are found', () => {
    expect(leadsSomewhere('README.md', 'docs/money.md#the-ledger')).toBe(true)
    expect(leadsSomewhere('README.md', 'docs/nowhere.md')).toBe(false)
    expect(leadsSomewhere('README.md', 'docs/money.md#no-such-heading')).toBe(false)
  })

  it('of the index lead to every page', () => {
    const index = pages.find((page) => page.file === 'docs/README.md')?.text ?? ''
    const unnamed = pages
      .map((page) => path.relative('docs', page.file))
      .filter((file) => !file.startsWith('..') && !/^(decisions|providers)\//.test(file) && file !== 'README.md')
      .filter((file) => !index.includes(`(${file})`))
    expect(unnamed).toEqual([])
  })
})

function leadsSomewhere(file: string, target: string): boolean {
  const [place = '', anchor] = target.split('#')
  const found = place === '' ? path.join(checkout, file) : path.resolve(checkout, path.dirname(file), place)
  if (!existsSync(found)) return false
  if (anchor === undefined) return true
  return statSync(found).isFile() && anchors(readFileSync(found, 'utf8')).includes(anchor)
}

describe('a page', () => {
  const guides = pages.filter((page) => !decisions.includes(page) && page.file !== 'README.md')

  it.each(guides)('$file begins with a command or a picture', ({ text }) => {
    const beforeTheFirstBlock = text.slice(0, text.indexOf('```'))
    expect(text).toContain('```')
    expect(beforeTheFirstBlock.match(/^## /m)).toBeNull()
  })

  it.each(pages)('$file names only commands that exist', ({ text }) => {
    const manifest = readFileSync(path.join(checkout, 'package.json'), 'utf8')
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(manifest))
    const named = [...text.matchAll(/npm run (?:-s |--silent )?([a-z][a-z:-]*)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe('a decision', () => {
  it('has a number; no number is missing or used twice', () => {
    const numbers = decisions.map((page) => Number(path.basename(page.file).slice(0, 4)))
    expect(numbers.length).toBeGreaterThan(10)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it.each(decisions)('$file is at most 40 lines of context, choice and cost', ({ file, text }) => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
    expect(text.startsWith(`# ${path.basename(file).slice(0, 4)} `)).toBe(true)
    expect([...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, word]) => word)).toEqual(['Context', 'Choice', 'Cost'])
  })
})
