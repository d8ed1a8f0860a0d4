import { readFileSync } from 'node:fs'
import type { Answer } from '../case.js'
import { type HttpDouble, httpDouble } from '../http-double.js'

/**
 * The PureSpectrum Supply API's own sample answer; only the id that is no JSON number (012345) is written without the
 * zero.
 */
const SAMPLE: Record<string, unknown> = JSON.parse(readFileSync(new URL('./sample.json', import.meta.url), 'utf8'))

/**
 * The answers of single surveys, as a list: each of a case's `surveys` overrides the document's sample, so that a case
 * shows only its own members. `remove` in one lists members to leave out, as dotted paths.
 */
export function pageOf(given: Record<string, unknown>): string {
  const surveys = Array.isArray(given.surveys) ? given.surveys : [{}]
  return JSON.stringify(
    surveys.map(({ remove, ...patch }: Record<string, unknown>) => {
      const answer = merged(structuredClone(SAMPLE), { survey: patch })
      for (const path of Array.isArray(remove) ? remove : []) removed(answer, ['survey', ...String(path).split('.')])
      return answer
    }),
  )
}

interface Served {
  readonly id: string
  readonly text: string
}

/**
 * Serves a page of single answers as PureSpectrum does: a list of rows without quotas and qualifications, and every
 * survey at its own address with unchanged bytes. A page that is no list is the answer of the list.
 * @param answer of a case: `body` instead of the list, `surveys` by id instead of a survey's answer, `rows` by id instead
 * of its row in the list, as text
 */
export function feedHttp(
  page: string | Buffer,
  answer: Answer & { surveys?: Record<string, Answer>; rows?: Record<string, string> },
  chunkBytes?: number,
): HttpDouble {
  const text = page.toString()
  const elements = elementsOf(text)
  const rows = elements?.map(rowOf).map((one) => ({ ...one, row: answer.rows?.[one.id ?? ''] ?? one.row }))
  const listBody =
    rows === undefined ? page : `{"apiStatus":"success","msg":"ok","surveys":[${rows.map(({ row }) => row).join(',')}]}`
  const singles = new Map<string, Served>()
  for (const { id, element } of rows ?? []) if (id !== null && !singles.has(id)) singles.set(id, { id, text: element })
  const requests: HttpDouble['requests'] = []
  return {
    requests,
    async request(request) {
      requests.push(request)
      const { pathname } = new URL(request.url)
      const id = /^\/suppliers\/v2\/surveys\/([^/]+)$/.exec(pathname)?.[1]
      if (id === undefined) return httpDouble({ ...answer, body: answer.body ?? listBody }, chunkBytes).request(request)
      const single = answer.surveys?.[decodeURIComponent(id)]
      const found = singles.get(decodeURIComponent(id))
      if (single) return httpDouble({ body: found?.text, ...single }, chunkBytes).request(request)
      if (!found)
        return httpDouble({ status: 404, body: { apiStatus: 'failure', msg: 'Survey not found' } }).request(request)
      return httpDouble({ body: found.text }, chunkBytes).request(request)
    },
  }
}

/** The texts of a list's elements, unchanged; undefined when it is no list. */
function elementsOf(text: string): string[] | undefined {
  try {
    return Array.isArray(JSON.parse(text)) ? partsOf(text) : undefined
  } catch {
    return undefined
  }
}

/** The parts between the commas of a list or an object, as unparsed text, so that invalid parts stay invalid. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let inString = false
  let start = -1
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    const ends = depth === 0 || (depth === 1 && character === ',' && !inString)
    if (start >= 0 && ends) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    } else if (start < 0 && depth === 1) start = at + 1
    if (depth === 0 && start >= 0) break
  }
  return parts.length === 1 && parts[0] === '' ? [] : parts
}

/** A survey's row in the list: all but quotas and qualifications. An element that is no survey is unchanged. */
function rowOf(element: string): { id: string | null; row: string; element: string } {
  const parsed: unknown = JSON.parse(element)
  const survey = isPlain(parsed) && isPlain(parsed.survey) ? parsed.survey : null
  if (survey === null) return { id: null, row: element, element }
  const text = partsOf(element)
    .findLast((part) => nameOf(part) === 'survey')
    ?.replace(/^"(?:[^"\\]|\\.)*"\s*:\s*/, '')
  if (text === undefined) return { id: null, row: element, element }
  // a survey whose id cannot be in an address is in the list with all its members
  if (!/^[\w-]+$/.test(String(survey.survey_id ?? ''))) return { id: null, row: text, element }
  const row = partsOf(text).filter((part) => !['quotas', 'qualifications'].includes(nameOf(part)))
  return { id: String(survey.survey_id), row: `{${row.join(',')}}`, element }
}

/** The name of a member, `"name": value`. */
function nameOf(member: string): string {
  const name = /^"(?:[^"\\]|\\.)*"/.exec(member)?.[0]
  return name === undefined ? '' : String(JSON.parse(name))
}

function merged(base: unknown, patch: unknown): unknown {
  if (!isPlain(base) || !isPlain(patch)) return patch
  const entries = Object.entries(patch).map(([name, value]) => [name, merged(base[name], value)] as const)
  return { ...base, ...Object.fromEntries(entries) }
}

function removed(value: unknown, [name = '', ...rest]: string[]): void {
  if (Array.isArray(value)) for (const item of value) removed(item, [name, ...rest])
  else if (isPlain(value) && rest.length > 0) removed(value[name], rest)
  else if (isPlain(value)) delete value[name]
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
