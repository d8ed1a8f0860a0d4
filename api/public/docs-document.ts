/** What the page reads of an OpenAPI document; it is plain JSON. */
export interface PageDocument {
  readonly info: { readonly title: string; readonly description?: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, PageOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface PageOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly security: readonly unknown[]
  readonly parameters?: readonly PageParameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}

export interface PageParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly example?: unknown
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
}

/** Resolves a schema's `$ref`; members next to the `$ref` override those of its target. */
export function resolve(document: PageDocument, schema: Schema): Schema {
  const name = refName(schema)
  if (name === null) return schema
  const { $ref: _pointer, ...beside } = schema
  return { ...document.components.schemas[name], ...beside }
}

/** The name of the schema that is pointed to, or null. */
export const refName = (schema: Schema): string | null => schema.$ref?.replace('#/components/schemas/', '') ?? null

/** The alternatives of a schema; empty without `anyOf` and `oneOf`. */
export const alternatives = (schema: Schema): readonly Schema[] => schema.anyOf ?? schema.oneOf ?? []
