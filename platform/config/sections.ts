import { z } from 'zod'

type Camel<Key extends string> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Key
type CamelKeys<Section> = { [Key in keyof Section as Key extends string ? Camel<Key> : Key]: Section[Key] }

/**
 * A map whose keys are all known: snake_case in the file, camelCase in the program. Unknown keys are faults. Renames
 * only this map's own keys, so user-defined names below it (markets, words, fields) stay unchanged.
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).transform((value) => camelKeys(value))
}

function camelKeys<Section extends object>(value: Section): CamelKeys<Section> {
  const entries = Object.entries(value).map(([key, item]) => [camel(key), item] as const)
  return Object.fromEntries(entries) as CamelKeys<Section>
}

function camel(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** An optional setting: null when absent. */
export function absent<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().default(null)
}

/** A list; empty when absent. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).prefault([])
}

/** A list with at least one entry and no duplicates. */
export function someOf<Item extends z.ZodType<string>>(item: Item) {
  return z.array(item).superRefine((values, context) => {
    if (values.length === 0) context.addIssue({ code: 'custom', message: 'must not be an empty list' })
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `names ${twice} twice` })
  })
}
