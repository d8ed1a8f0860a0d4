/** A name of the wire as the domain spells it: `target_completes` -> `targetCompletes`. */
export type Ours<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Ours<Tail>>}`
  : Name

/** The type without members that are always undefined; members that may be undefined are optional. */
export type Present<Given> = { [Key in keyof Given as undefined extends Given[Key] ? never : Key]: Given[Key] } & {
  [Key in keyof Given as undefined extends Given[Key] ? Key : never]?: Exclude<Given[Key], undefined>
}

type InOurNames<Given> = { [Name in keyof Given as Name extends string ? Ours<Name> : never]: Given[Name] }

type InWireNames<Shape, Given> = {
  [Name in keyof Shape as Name extends string
    ? Ours<Name> extends keyof Given
      ? Name
      : never
    : never]: Name extends string ? (Ours<Name> extends keyof Given ? Given[Ours<Name>] : never) : never
}

const known = new Map<string, string>()

/** A name of the wire as the domain spells it. */
export function ourName(name: string): string {
  const found = known.get(name)
  if (found !== undefined) return found
  const ours = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  known.set(name, ours)
  return ours
}

/**
 * Renames the members of a parsed body to the names of the domain. Leaves undefined members out, so that a member that
 * the buyer did not send stays absent. Renames only the body's own members, not nested ones.
 */
export function inOurNames<Given extends object>(body: Given): Present<InOurNames<Given>> {
  const members = Object.entries(body).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members.map(([name, value]) => [ourName(name), value])) as Present<InOurNames<Given>>
}

/**
 * Selects the members of a domain value that a schema names, with the names and in the order of the schema. Leaves out
 * members that the schema does not name and members that are undefined.
 * @param shape of the schema; only its names are read
 * @param given members by the domain's names, or by the schema's where they are one word
 */
export function inWireNames<Shape extends object, Given extends object>(
  shape: Shape,
  given: Given,
): Present<InWireNames<Shape, Given>> {
  const members = new Map<string, unknown>(Object.entries(given))
  const shown = Object.keys(shape).flatMap((name) => {
    const value = members.get(ourName(name))
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(shown) as Present<InWireNames<Shape, Given>>
}
