import type { Random } from '../../../sandbox/random.js'

// JSON.stringify cannot write these: placeholders stand for them and are replaced afterwards
const RAW = '\u0001raw:'
const END = ':raw\u0001'
const DUPLICATE = '\u0001again'

const raw = (token: string): string => `${RAW}${token}${END}`
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Values that no document allows, but a server may send. */
const ODD: readonly unknown[] = [
  ...[null, true, false, [], {}, [[]], [null], [{}], { '': '' }],
  ...[0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e-7, Number.MAX_VALUE],
  ...[
    '1e400',
    '-1e400',
    '-0',
    '1E+2',
    '0.1000000000000000055511151231257827',
    '9'.repeat(60),
    '123456789012345678901234567890',
  ].map(raw),
  ...['', ' ', '0', '-1', '1e5', 'NaN', 'null', 'Infinity', '١٢', '1,5', '0x10', '16-40', '40-16', '18-'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'COMPLETED',
    'https://[',
    'javascript:alert(1)',
    '//evil.example',
    "'; drop table surveys; --",
  ],
  ...['\u0000', '\ud800', '\udfff\ud800', '\u202eabc', '\ufeffx', 'e\u0301'.repeat(80), '👩‍👩‍👧‍👦', 'x'.repeat(1_500)],
  ...['2026-02-30T00:00:00Z', '0000-00-00', '99999999999999', '/Date(1700000000000)/', '2026-11-20'],
  ...[2, 20, 200].map((depth) => raw(nested(depth))),
]

/** A copy: a later edit may go into it. */
const oddValue = (random: Random): unknown => structuredClone(random.pick(ODD))

type Holder = Record<string | number, unknown>

/**
 * A copy of a record with a few things wrong in it: types, lengths, members, characters, sizes, duplicate members.
 * @param others records to take foreign members from
 */
export function mutated(record: unknown, others: readonly unknown[], random: Random): unknown {
  const holder: Holder = { record: structuredClone(record) }
  for (let edits = random.int(0, 3); edits > 0; edits -= 1) {
    const [place, key] = anyPlace(holder, random)
    edit(place, key, others, random)
  }
  return holder.record
}

/** A random path from the top to any depth. */
function anyPlace(top: Holder, random: Random): [Holder, string | number] {
  let place = top
  let key: string | number = 'record'
  for (;;) {
    const value: unknown = place[key]
    if (typeof value !== 'object' || value === null || random.chance(0.12)) return [place, key]
    const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
    if (keys.length === 0) return [place, key]
    place = value as Holder
    key = random.pick(keys)
  }
}

function edit(place: Holder, key: string | number, others: readonly unknown[], random: Random): void {
  const value = place[key]
  switch (random.int(0, 9)) {
    case 0:
      if (Array.isArray(place)) place.splice(Number(key), 1)
      else delete place[key]
      return
    case 1:
      place[key] = retyped(value, random)
      return
    case 2:
      place[key] = typeof value === 'string' ? disturbed(value, random) : [value, value]
      return
    case 3:
      // the same member twice: most parsers use the last, some the first
      if (typeof key === 'string' && key !== 'record') place[`${key}${DUPLICATE}`] = oddValue(random)
      return
    case 4:
      place[key] = foreign(random.pick(others), random)
      return
    case 5:
      if (Array.isArray(value))
        place[key] = Array.from({ length: random.pick([0, 2, 12, 120]) }, (_, at) => value[at % value.length] ?? at)
      else if (typeof value === 'number') place[key] = value * random.pick([-1, 1e3, 1e12, 0.001])
      return
    case 6:
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        (value as Holder).x_unknown = oddValue(random)
      return
    default:
      place[key] = oddValue(random)
  }
}

function retyped(value: unknown, random: Random): unknown {
  if (typeof value === 'number')
    return random.pick([String(value), [value], value !== 0, raw(`${value}.0`), raw(`${value}e0`)])
  if (typeof value === 'string')
    return random.pick([Number(value) || 0, [value], { value }, value.toUpperCase(), [...value]])
  if (typeof value === 'boolean') return random.pick([Number(value), String(value), null])
  if (Array.isArray(value))
    return random.pick<unknown>([
      value[0] ?? null,
      { ...value },
      JSON.stringify(value).slice(0, 200),
      value.join('|').slice(0, 200),
    ])
  return random.pick<unknown>([[value], JSON.stringify(value ?? null).slice(0, 200), Object.keys(value ?? {})])
}

function disturbed(text: string, random: Random): string {
  const at = random.int(0, text.length)
  const put = random.pick(['', ' ', '\u0000', '\ud83d', '\n', '|', ',', '\u200f', '%00', '../', '<', '"'])
  return text.slice(0, at) + put + text.slice(at + random.int(0, 4))
}

/** Copies a member of another record to a place where it does not belong. */
function foreign(other: unknown, random: Random): unknown {
  const [place, key] = anyPlace({ record: other }, random)
  return structuredClone(place[key])
}

/** The records as a JSON list, with the placeholders replaced. */
export function listText(records: readonly unknown[]): string {
  return JSON.stringify(records)
    .replace(/(?<!\\)"\\u0001raw:([^"]*?):raw\\u0001"/g, (whole, token: string) => (isJson(token) ? token : whole))
    .replace(/\\u0001again":/g, '":')
}

/** A placeholder that another edit has changed stays text. */
function isJson(token: string): boolean {
  try {
    JSON.parse(token)
    return true
  } catch {
    return false
  }
}

/** A text with some bytes cut, overwritten or repeated. */
export function damaged(text: string, random: Random): string {
  const at = random.int(0, text.length)
  switch (random.int(0, 3)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return `${text.slice(0, at)}${random.pick(['"', '\\', '{', '}', '[', ']', ',', ':', 'null', '1e999', '\u0000', '\\ud800'])}${text.slice(at + random.int(0, 6))}`
    case 2:
      return text.slice(0, at) + text.slice(random.int(0, at))
    default:
      return `${random.pick(['\ufeff', '<html>', '', 'null', ' \n\t'])}${text}${random.pick(['', ']', ',', '\u0000', '{}'])}`
  }
}
