type Node = Readonly<Record<string, unknown>>

/** Keywords whose values are data and contain no schema. */
const DATA = new Set(['example', 'examples', 'enum', 'const', 'default'])

/**
 * Completes the generator's document: writes patterns as JSON Schema does, and defaults differently for requests and
 * answers (docs/api.md, "OpenAPI for generators").
 * @throws Error for a pattern whose flags JSON Schema lacks, or a schema with defaults that both sides share
 */
export function finishedDocument<Document extends object>(document: Document): Document {
  const readable = mapNodes(document as unknown as Node, withoutFlags)
  return withDefaultsBySide(readable) as unknown as Document
}

/** Applies a change to every object that is not data, from the leaves up. */
function mapNodes(node: Node, change: (node: Node) => Node, named = false): Node {
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => {
    // below `properties` the keys are names of fields, and `default` or `example` may be one of them
    if (!named && DATA.has(key)) return [key, value]
    return [key, mapValue(value, change, key === 'properties' && !named)]
  })
  const mapped = Object.fromEntries(entries)
  return named ? mapped : change(mapped)
}

function mapValue(value: unknown, change: (node: Node) => Node, named: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapValue(item, change, false))
  return isNode(value) ? mapNodes(value, change, named) : value
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A slash ends the expression unless it is escaped: the backslashes before it are even in number. */
const FLAGS = /(?<=(?:^|[^\\])(?:\\\\)*)\/([a-z]+)$/

/**
 * The generator writes `/^a$/u` as `^a$/u`, which matches nothing. Validators read patterns with the flag `u` anyway
 * (JSON Schema, "Regular Expressions"); other flags change the meaning and cannot be written.
 */
function withoutFlags(node: Node): Node {
  const { pattern } = node
  if (typeof pattern !== 'string') return node
  const flags = FLAGS.exec(pattern)?.[1] ?? ''
  if (flags.replace(/[uv]/, '') !== '') throw new Error(`pattern ${pattern}: JSON Schema has no flag ${flags}`)
  return { ...node, pattern: pattern.replace(FLAGS, '').replaceAll('\\/', '/') }
}

/**
 * `default` means two things: a request may leave the field out, an answer always has it. Generated clients read it as
 * "always present" in both. So a request's default moves to the description, and an answer's field becomes required.
 */
function withDefaultsBySide(document: Node): Node {
  const operations = Object.values(nodeAt(document, 'paths')).flatMap((path) => Object.values(path as Node))
  const schemas = nodeAt(nodeAt(document, 'components'), 'schemas')
  const asked = reachable(
    operations.map((operation) => (operation as Node).requestBody),
    schemas,
  )
  const answered = reachable(
    operations.map((operation) => (operation as Node).responses),
    schemas,
  )
  const sided = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const before = schema as Node
      if (!asked.has(name)) return [name, mapNodes(before, defaultsOfAnswer)]
      const after = mapNodes(before, defaultsOfRequest)
      if (answered.has(name) && JSON.stringify(after) !== JSON.stringify(before)) {
        throw new Error(
          `component ${name} has defaults and is used in a request and an answer: give each side its own schema`,
        )
      }
      return [name, after]
    }),
  )
  const paths = mapNodes(nodeAt(document, 'paths'), (node) => ({
    ...node,
    ...(isNode(node.requestBody) ? { requestBody: mapNodes(node.requestBody, defaultsOfRequest) } : {}),
    ...(isNode(node.responses) ? { responses: mapNodes(node.responses, defaultsOfAnswer) } : {}),
  }))
  return { ...document, components: { ...nodeAt(document, 'components'), schemas: sided }, paths }
}

function defaultsOfRequest(node: Node): Node {
  if (!isNode(node.properties)) return node
  const properties = Object.entries(node.properties).map(([name, property]) => {
    if (!isNode(property) || property.default === undefined) return [name, property]
    const { default: standard, description, ...rest } = property
    const said = `Default: ${JSON.stringify(standard)}.`
    return [name, { ...rest, description: description === undefined ? said : `${String(description)}. ${said}` }]
  })
  return { ...node, properties: Object.fromEntries(properties) }
}

function defaultsOfAnswer(node: Node): Node {
  if (!isNode(node.properties)) return node
  const there = Object.entries(node.properties).flatMap(([name, property]) =>
    isNode(property) && property.default !== undefined ? [name] : [],
  )
  if (there.length === 0) return node
  const properties = Object.entries(node.properties).map(([name, property]) => {
    if (!isNode(property)) return [name, property]
    const { default: _standard, ...rest } = property
    return [name, rest]
  })
  const required = Array.isArray(node.required) ? (node.required as string[]) : []
  return { ...node, properties: Object.fromEntries(properties), required: [...new Set([...required, ...there])] }
}

/** The names of the components that these parts reference, directly or through others. */
function reachable(parts: readonly unknown[], schemas: Node): Set<string> {
  const found = new Set<string>()
  const queue = [...parts]
  for (let part = queue.pop(); part !== undefined || queue.length > 0; part = queue.pop()) {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      queue.push(schemas[name])
    }
  }
  return found
}

const nodeAt = (node: Node, key: string): Node => (isNode(node[key]) ? node[key] : {})
