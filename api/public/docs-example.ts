import { alternatives, type PageDocument, resolve, type Schema } from './docs-document.js'

const DEEPEST = 6

/** A value that a schema allows: its own example where it has one, else one built from its parts. */
export function exampleOf(document: PageDocument, schema: Schema, depth = 0): unknown {
  const { example, default: standard, enum: words, ...whole } = resolve(document, schema)
  if (example !== undefined) return example
  if (words !== undefined) return words[0]
  if (standard !== undefined) return standard
  const [first] = alternatives(whole)
  if (first !== undefined) return exampleOf(document, first, depth)
  switch (typeOf(whole)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(whole.properties ?? {})
          .filter(() => depth < DEEPEST)
          .map(([name, property]) => [name, exampleOf(document, property, depth + 1)]),
      )
    case 'array':
      return whole.items === undefined || depth >= DEEPEST ? [] : [exampleOf(document, whole.items, depth + 1)]
    case 'integer':
    case 'number':
      return whole.minimum ?? 0
    case 'boolean':
      return false
    case 'string':
      return whole.format === 'uuid' ? '3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10' : 'text'
    default:
      return null
  }
}

/** The type of a schema's value, without null. */
export function typeOf(schema: Schema): string | undefined {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  return types.find((type) => type !== 'null')
}
