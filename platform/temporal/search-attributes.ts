import type { Connection } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../../domain/visibility.js'

/** Temporal's IndexedValueType numbers, as its protocol fixes them. */
const INDEXED_VALUE_TYPE = { TEXT: 1, KEYWORD: 2, INT: 3, DOUBLE: 4, BOOL: 5, DATETIME: 6, KEYWORD_LIST: 7 } as const

/**
 * Adds our search attributes to a namespace and checks that the existing ones have our types, because Temporal ignores
 * a second registration with another type.
 * @throws Error that names the attribute and the fix
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const registered = async (): Promise<Record<string, number | null | undefined>> =>
    (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {}

  const before = await registered()
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => before[name] === undefined)
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])),
    })
  }
  const after = missing.length > 0 ? await registered() : before
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
    const found = after[name]
    if (found !== undefined && found !== INDEXED_VALUE_TYPE[type]) {
      throw new Error(
        `Temporal's search attribute ${name} has type ${found} in namespace "${namespace}", Tributary needs ${type}: ` +
          `remove it (temporal operator search-attribute remove --name ${name}) or use another TEMPORAL_NAMESPACE`,
      )
    }
  }
}

/** Our search attributes that a namespace lacks (`found` null) or has with another type. */
export async function readMismatchedAttributes(
  connection: Connection,
  namespace: string,
): Promise<{ name: string; found: number | null }[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return Object.entries(SEARCH_ATTRIBUTES)
    .map(([name, type]) => ({ name, found: customAttributes?.[name] ?? null, wanted: INDEXED_VALUE_TYPE[type] }))
    .filter(({ found, wanted }) => found !== wanted)
    .map(({ name, found }) => ({ name, found }))
}
