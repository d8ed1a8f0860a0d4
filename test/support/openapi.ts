import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'

// ajv-formats is CommonJS whose types say that it is a module
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['example', 'examples', 'enum', 'const', 'default'])

/** A value that the document shows, and its schema. */
export interface ShownValue {
  /** JSON pointer of the schema. */
  readonly pointer: string
  readonly keyword: 'example' | 'examples' | 'default'
  readonly value: unknown
}

/** Validates values by the schemas of a document with a JSON Schema library, as a client would. */
export class DocumentSchemas {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(private readonly document: object) {
    addFormats(this.#ajv)
    this.#ajv.addSchema({ $id: 'document', ...document })
  }

  /** @returns the fault of a value by the schema at a pointer such as `#/components/schemas/Offer`; null = valid */
  faultsOf(pointer: string, value: unknown): string | null {
    const address = pointer.split('/').map(encodeURIComponent).join('/').replace('%23', '#')
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `document${address}` })
    this.#compiled.set(pointer, validate)
    return validate(value) ? null : this.#ajv.errorsText(validate.errors)
  }

  /** Every example and default of the document. */
  shownValues(): ShownValue[] {
    return shownIn(this.document, '#', false)
  }

  /** Every pattern of the document. */
  patterns(): string[] {
    return this.#nodes().flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : []))
  }

  #nodes(): Record<string, unknown>[] {
    return nodesIn(this.document)
  }
}

/** A part of a JSON pointer. */
export const pointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

function shownIn(node: unknown, pointer: string, named: boolean): ShownValue[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => shownIn(item, `${pointer}/${index}`, false))
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]): ShownValue[] => {
    if (!named && (key === 'example' || key === 'default')) return [{ pointer, keyword: key, value }]
    if (!named && key === 'examples' && Array.isArray(value)) {
      return value.map((one: unknown) => ({ pointer, keyword: 'examples', value: one }))
    }
    if (!named && DATA.has(key)) return []
    return shownIn(value, `${pointer}/${pointerPart(key)}`, key === 'properties' && !named)
  })
}

function nodesIn(node: unknown): Record<string, unknown>[] {
  if (Array.isArray(node)) return node.flatMap(nodesIn)
  if (typeof node !== 'object' || node === null) return []
  const own = node as Record<string, unknown>
  return [own, ...Object.entries(own).flatMap(([key, value]) => (DATA.has(key) ? [] : nodesIn(value)))]
}
