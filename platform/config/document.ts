import { readFileSync } from 'node:fs'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { ConfigError, type ConfigPath, type Fault, formatPath } from './faults.js'
import { fromEnvironment } from './field-notes.js'
import { interpolate } from './interpolate.js'

export type Env = Readonly<Record<string, string | undefined>>

/** The source of one value of the file. */
export interface Place {
  readonly line: number
  /** The environment variables whose values it holds, in order. */
  readonly variables: readonly string[]
  /** The file's name, if it is not the document's own. */
  readonly file?: string
}

/** A YAML file as plain values, with the place of each and the faults of its `${…}`. */
export interface SourceDocument {
  readonly file: string
  readonly data: unknown
  /** By formatPath. */
  readonly places: ReadonlyMap<string, Place>
  readonly faults: readonly Fault[]
  /** `http://host:port`s that may be called although `egress.allow_private` is off [none]. */
  readonly openOrigins?: readonly string[]
}

/** Deeper than any setting: stops an alias that contains itself. */
const DEEPEST = 20

/**
 * Reads a YAML (or JSON) file and fills in its environment variables.
 * A key without a value, or whose variables are all empty, counts as absent (undefined).
 * @throws ConfigError with one line when the file is missing, unreadable or not YAML
 */
export function readDocument(file: string, env: Env): SourceDocument {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError([`${file}: ${whyUnreadable(error)}; example: TRIBUTARY_CONFIG=tributary.example.yaml`])
  }
  return parseSource(file, text, env)
}

/** As readDocument, for text that is already in memory. */
export function parseSource(file: string, text: string, env: Env): SourceDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) {
    const { line } = lines.linePos(error.pos[0])
    const reason = error.message.split('\n')[0]
    // A brace begins a map in YAML: the most common mistake here.
    const example = text.split('\n')[line - 1]?.includes('$' + '{')
      ? `api_key: ${fromEnvironment('NAME')}, in quotes`
      : 'poll: 12s'
    throw new ConfigError([`${file}: line ${line} is not YAML: ${reason}; example: ${example}`])
  }

  const places = new Map<string, Place>()
  const faults: Fault[] = []

  const lineOf = (node: Node | null): number => (node?.range ? lines.linePos(node.range[0]).line : 1)

  const readText = (written: string, path: ConfigPath, line: number): string | undefined => {
    const filled = interpolate(written, env)
    places.set(formatPath(path), { line, variables: filled.variables })
    for (const fault of filled.faults) faults.push({ path, ...fault })
    const gone = filled.faults.length > 0 || (filled.text === '' && filled.refers)
    return gone ? undefined : filled.text
  }

  const read = (node: unknown, path: ConfigPath, line: number): unknown => {
    if (path.length > DEEPEST) {
      faults.push({ path, text: 'is nested too deeply', example: 'poll: 12s' })
      return undefined
    }
    if (isAlias(node)) return read(node.resolve(document), path, line)
    if (isScalar(node)) {
      if (typeof node.value === 'string') return readText(node.value, path, line)
      places.set(formatPath(path), { line, variables: [] })
      return node.value ?? undefined
    }
    places.set(formatPath(path), { line, variables: [] })
    if (isSeq<Node>(node)) return node.items.map((item, index) => read(item, [...path, index], lineOf(item)))
    if (!isMap<Node, Node>(node)) return undefined
    const map: Record<string, unknown> = Object.create(null)
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key)
      const at = [...path, name]
      if (name in map) faults.push({ path: at, text: 'is given twice', example: 'one of the two' })
      map[name] = read(value, at, lineOf(key))
    }
    return map
  }

  return { file, data: read(document.contents, [], 1), places, faults }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EISDIR') return 'is a directory, not a file'
  if (code === 'EACCES') return 'is not readable by this user'
  return `cannot be read (${String(code ?? error)})`
}
