/**
 * `npm run check`, plain words: comments, messages, test names and pages use one word for one thing. Each line below is a
 * word that was found to hide what happens, with what to say instead (CONTRIBUTING.md, "Plain English").
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { checkout } from './checkout.mjs'

/** [word, what to say instead]; the first is a regular expression that is matched without case, as whole words. */
export const words = [
  ['anew', 'again, or from the beginning'],
  ['mend(?:s|ed|ing)?', 'fix, repair or correct'],
  ['who(?:so)?ever', 'name who: a panelist, the caller, the process that …'],
  ['at once', 'immediately, or at the same time'],
  ['for ever', 'forever, or without a limit'],
  ['(?:so|as) often', 'every N seconds, at most N per T'],
  ['so many', 'the number: N, at most N per T'],
  ['nobody', 'no panelist, no process, no one: name who'],
  ['(?:told|tells?|telling)', 'report, send, notify, say'],
  ['(?:heard of|hears? of)', 'seen, last contact, last heartbeat'],
  ['(?:settled?|settles|settling)', 'apply, post, finish; `settleClaim` alone keeps its name'],
  ['there is no such', 'X not found'],
  ['is not right', 'is invalid: what is wrong'],
  ['the most of', 'most of'],
  ['all the same', 'still, or identical'],
  ['nothing of', 'no …'],
]
const found = new RegExp(`(?<![\\w./-])(?:${words.map(([word]) => word).join('|')})(?![\\w/-]|\\.\\w)`, 'gi')

/** Texts that are written by others, or are compared byte for byte. */
const others =
  /^(findings\/|package-lock\.json|test\/replay\/histories\/|LICENSE|scripts\/words\.mjs|test\/scripts\/words\.test\.mjs)/

/**
 * Every discouraged word of a file's prose: comments, string literals with a blank in them, and a page outside its code.
 * @param {string} file its name says how it is read
 * @param {string} text
 * @returns {{ line: number, word: string, instead: string }[]}
 */
export function discouraged(file, text) {
  const parts = file.endsWith('.md') ? pageParts(text) : codeParts(file, text)
  return parts.flatMap(({ at, prose }) =>
    [...prose.matchAll(found)].map((match) => ({
      line: text.slice(0, at + match.index).split('\n').length,
      word: match[0],
      instead: words.find(([word]) => new RegExp(`^(?:${word})$`, 'i').test(match[0]))?.[1] ?? '',
    })),
  )
}

/**
 * A page without code blocks, code spans, the words of others in quotation blocks, headings (comments cite them byte for
 * byte), and tables with the columns "before" and "after", which show the words.
 */
function pageParts(text) {
  const blank = (part) => part.replace(/[^\n]/g, ' ')
  return [
    {
      at: 0,
      prose: text
        .replace(/^```[\s\S]*?^```/gm, blank)
        .replace(/^\|[^\n]*\| before \| after \|\n(?:\|[^\n]*\n)+/gm, blank)
        .replace(/`[^`\n]*`/g, blank)
        .replace(/^#{1,6} .*$/gm, blank)
        .replace(/^>.*$/gm, blank),
    },
  ]
}

/** A heading of a page as a comment cites it. */
const citedHeading = /\bdocs\/[\w/-]+\.md, (?:"[^"\n]*"|[A-Z][^).:;,"\n]*)/g

/** Comments and those strings that are sentences: with a blank between words. */
function codeParts(file, text) {
  if (!/\.(?:ts|tsx|mjs|cjs)$/.test(file)) {
    return [...text.matchAll(/(?:^|\s)#.*$/gm)].map((match) => ({ at: match.index, prose: match[0] }))
  }
  const parts = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
  const comments = new Set()
  const visit = (node) => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
      comments.add(`${range.pos},${range.end}`)
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? [])
      comments.add(`${range.pos},${range.end}`)
    const isText =
      ts.isStringLiteralLike(node) ||
      node.kind === ts.SyntaxKind.TemplateHead ||
      node.kind === ts.SyntaxKind.TemplateMiddle ||
      node.kind === ts.SyntaxKind.TemplateTail
    if (isText && /\w \w/.test(node.text))
      parts.push({ at: node.getStart(), prose: text.slice(node.getStart(), node.getEnd()) })
    ts.forEachChild(node, visit)
  }
  visit(source)
  for (const range of ts.getLeadingCommentRanges(text, source.endOfFileToken.getFullStart()) ?? [])
    comments.add(`${range.pos},${range.end}`)
  for (const range of comments) {
    const [from, to] = range.split(',').map(Number)
    const prose = text
      .slice(from, to)
      .replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length))
      .replace(citedHeading, (cited) => ' '.repeat(cited.length))
    parts.push({ at: from, prose })
  }
  return parts
}

/** Names of tests, longer than a terminal's line. */
const LONGEST_TEST_NAME = 90

/** @returns {{ line: number, name: string }[]} */
export function longTestNames(text) {
  const start =
    /^[ \t]*(?:(?:describe|it|test)(?:\.\w+)*(?:\([^'"`\n]*\))?|\](?: as const)?\))\((['"`])((?:\\.|(?!\1).)*)\1/gm
  return [...text.matchAll(start)]
    .filter(([, , name]) => name.length > LONGEST_TEST_NAME)
    .map((match) => ({ line: text.slice(0, match.index).split('\n').length, name: match[2] }))
}

function main(only) {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...only], {
    cwd: checkout,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /\.(?:ts|tsx|mjs|cjs|md|sh|ya?ml)$/.test(file) && !others.test(file))
    .filter((file) => fs.existsSync(path.join(checkout, file)))
  let count = 0
  for (const file of files) {
    const text = fs.readFileSync(path.join(checkout, file), 'utf8')
    for (const { line, word, instead } of discouraged(file, text)) {
      count += 1
      process.stdout.write(`${file}:${line}: "${word}": say ${instead}\n`)
    }
    for (const { line, name } of file.startsWith('test/') ? longTestNames(text) : []) {
      count += 1
      process.stdout.write(
        `${file}:${line}: a test name of ${name.length} characters, at most ${LONGEST_TEST_NAME}: ${name}\n`,
      )
    }
  }
  process.stdout.write(
    count === 0 ? `plain words in ${files.length} files\n` : `${count} to reword (CONTRIBUTING.md, "Plain English")\n`,
  )
  process.exitCode = count === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
