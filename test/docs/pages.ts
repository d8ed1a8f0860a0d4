import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** A page of the checkout. */
export interface Page {
  /** Relative to the checkout, such as `docs/money.md`. */
  readonly file: string
  readonly text: string
}

export function readPage(file: string): Page {
  return { file, text: readFileSync(path.join(checkout, file), 'utf8') }
}

/** Every page that people read: README, CONTRIBUTING and all of `docs/`. */
export function allPages(): Page[] {
  const inDocs = readdirSync(path.join(checkout, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name))
  return ['README.md', 'CONTRIBUTING.md', ...inDocs.sort()].map(readPage)
}

/** A page without its code blocks, which may hold text that looks like a link or a heading. */
export function prose(text: string): string {
  return text.replace(/^```.*?^```$/gms, '')
}

/** The anchors of the headings, as GitHub makes them. */
export function anchors(text: string): string[] {
  const seen = new Map<string, number>()
  return [...prose(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
}

/**
 * The rows of the table whose heading row begins with these cells; cells are trimmed, heading and rule left out.
 * @throws Error when the page has no such table
 */
export function table(page: Page, ...heading: string[]): string[][] {
  const lines = page.text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading.join(' | ')}`))
  if (start < 0) throw new Error(`${page.file} has no table that begins with ${heading.join(', ')}`)
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'))
  return lines.slice(start + 2, end < 0 ? undefined : end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** The code spans of a text. */
export function code(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, inside = '']) => inside)
}
