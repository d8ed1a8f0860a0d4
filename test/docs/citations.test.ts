import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkout, readPage } from './pages.js'

/** Every text file of the project as one line: a comment's line breaks and stars become spaces. */
const texts = execFileSync('git', ['ls-files'], { cwd: checkout, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|mjs|cjs|css|js|md|sh|ya?ml|json)$/.test(file))
  .filter(
    (file) =>
      !/^(findings\/|package-lock\.json$|test\/docs\/(citations|pages)\.test\.ts|test\/scripts\/words\.test\.mjs$)/.test(
        file,
      ),
  )
  .filter((file) => existsSync(path.join(checkout, file)))
  .map((file) => ({ file, text: joined(readFileSync(path.join(checkout, file), 'utf8')) }))

function joined(text: string): string {
  return text.replace(/\n[ \t]*(?:\*(?!\/)|\/\/|#|--)?[ \t]*/g, ' ')
}

const sources = readPage('docs/sources.md').text
const sections = new Map(
  [...sources.matchAll(/^- \*\*([^*]+)\*\*: ([\s\S]*?)(?=\n- \*\*|\n*$(?![\s\S]))/gm)].map(
    ([, name = '', list = '']) => [
      name,
      list
        .replace(/\s+/g, ' ')
        .split(';')
        .map((section) => section.trim()),
    ],
  ),
)

describe('citations', () => {
  it('of documents: docs/sources.md lists each document in its table and its sections', () => {
    const inTable = [...sources.matchAll(/^\| ([A-Z][\w ]+) \| /gm)].map(([, name]) => name)
    expect(inTable.length).toBe(5)
    expect([...sections.keys()].toSorted()).toEqual(inTable.toSorted())
  })

  it('of documents name a section that docs/sources.md lists', () => {
    const cited = citedSections()
    expect(cited.length).toBeGreaterThan(80)
    const unknown = cited.filter(
      ({ name, rest }) => !sections.get(name)?.some((section) => startsWithSection(rest, section)),
    )
    expect(unknown).toEqual([])
  })

  it('of documents use every section that docs/sources.md lists', () => {
    const unused = [...sections].flatMap(([name, list]) =>
      list
        .filter(
          (section) =>
            !texts.some(({ file, text }) => file !== 'docs/sources.md' && text.includes(`${name}, ${section}`)),
        )
        .map((section) => `${name}, ${section}`),
    )
    expect(unused).toEqual([])
  })

  it('of our pages name a page that exists and a heading that it has', () => {
    const cited = texts.filter(({ file }) => !/^docs\/.*\.md$|^CONTRIBUTING\.md$/.test(file)).flatMap(citedPages)
    expect(cited.length).toBeGreaterThan(80)
    expect(cited.filter(({ page }) => !existsSync(path.join(checkout, page)))).toEqual([])
    expect(cited.filter(({ page, heading }) => heading !== null && !headings(page).has(heading))).toEqual([])
  })

  it('never name what is not in the repository', () => {
    const dead =
      /\b[Ss]eeds? 0\d\d\b|\bthe seeds?['’]s?\s|\b(?:contract|design|reliability|style|measured|trunk) (?:§|F\d)|\(contract[:;]|\breliability, story/
    const found = texts.flatMap(({ file, text }) => {
      const at = text.search(dead)
      return at < 0 ? [] : [`${file}: ${text.slice(at, at + 60)}`]
    })
    expect(found).toEqual([])
  })
})

/** The text after `(NAME, `: it is a citation only in parentheses. */
function citedSections(): { file: string; name: string; rest: string }[] {
  const names = [...sections.keys()].join('|')
  const citation = new RegExp(`(?:\\(|; )(${names}), ([^\\n]{1,60})`, 'g')
  return texts
    .filter(({ file }) => file !== 'docs/sources.md')
    .flatMap(({ file, text }) => [...text.matchAll(citation)].map(([, name = '', rest = '']) => ({ file, name, rest })))
}

const startsWithSection = (rest: string, section: string): boolean =>
  rest.replace(/\s+/g, ' ').startsWith(section) && !/^\w/.test(rest.slice(section.length))

/** `docs/PAGE.md` with the heading after it: in quotes, or up to the next mark. */
function citedPages({ file, text }: { file: string; text: string }) {
  return [...text.matchAll(/\b(docs\/[\w/-]+\.md)(?:#([\w-]+)|, (?:"([^"]+)"|([A-Z`][^).:;,"]*)))?/g)].map(
    ([, page = '', anchor, quoted, plain]) => ({
      file,
      page,
      heading: anchor ?? (quoted ?? plain)?.trim().replaceAll('`', '') ?? null,
    }),
  )
}

const known = new Map<string, Set<string>>()
/** The headings of a page, as they are written and as anchors. */
function headings(page: string): Set<string> {
  const found = known.get(page)
  if (found !== undefined) return found
  const text = readFileSync(path.join(checkout, page), 'utf8').replace(/```[\s\S]*?```/g, '')
  const names = [...text.matchAll(/^#{1,4} (.+)$/gm)].map(([, name = '']) => name.replaceAll('`', '').trim())
  // a citation leaves out a remark in brackets at the end of a heading
  const all = new Set(names.flatMap((name) => [name, name.replace(/ \(.*\)$/, ''), anchorOf(name)]))
  known.set(page, all)
  return all
}

const anchorOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-')
