import { DEEPEST, endOfString, inspectJson, withoutByteOrderMark } from './json-text.js'

/** One member of a JSON object: its name, and its value as written. */
export interface JsonMember {
  readonly name: string
  readonly raw: string
}

/**
 * The members of a JSON object in their order, a duplicate name with both its values: `JSON.parse` keeps only the last
 * one, and numbers lose digits in it.
 * @param most the most members
 * @throws SyntaxError when the text is not a JSON object, is nested deeper than 64, or has more members
 */
export function jsonMembers(text: string, most: number): JsonMember[] {
  const json = withoutByteOrderMark(text)
  if (inspectJson(json).deep) throw new SyntaxError(`nested deeper than ${DEEPEST} levels`)
  // a pass over the text costs less than an object of thousands of members
  if (countsMore(json, most)) throw new SyntaxError(`more than ${most} members`)
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  // from here on the text is known to be JSON, so it is enough to find the next quote, bracket or comma
  const members: JsonMember[] = []
  let at = json.indexOf('{') + 1
  for (;;) {
    at = json.indexOf('"', at)
    if (at < 0) return members
    const nameEnds = endOfString(json, at) + 1
    const name = String(JSON.parse(json.slice(at, nameEnds)))
    const starts = json.indexOf(':', nameEnds) + 1
    at = endOfValue(json, starts)
    members.push({ name, raw: json.slice(starts, at).trim() })
  }
}

/** Whether an object has more members than this, by counting the colons at its own level. */
function countsMore(json: string, most: number): boolean {
  let [depth, members] = [0, 0]
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === 0x22) at = endOfString(json, at)
    else if (code === 0x7b || code === 0x5b) depth++
    else if (code === 0x7d || code === 0x5d) depth--
    else if (code === 0x3a && depth === 1 && ++members > most) return true
  }
  return false
}

/** The position after the value that begins at `from`: of the comma, or of the closing bracket of its parent. */
function endOfValue(json: string, from: number): number {
  let depth = 0
  for (let at = from; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === 0x22) at = endOfString(json, at)
    else if (code === 0x7b || code === 0x5b) depth++
    else if ((code === 0x7d || code === 0x5d) && --depth < 0) return at
    else if (code === 0x2c && depth === 0) return at
  }
  return json.length
}
