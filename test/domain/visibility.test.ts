import { expect, test } from 'vitest'
import { SEARCH_ATTRIBUTES } from '../../domain/visibility.js'

// Temporal's SQL visibility has a fixed number of columns per type in a namespace, on its dev server and PostgreSQL.
const COLUMNS = { KEYWORD: 10, KEYWORD_LIST: 3, TEXT: 3, INT: 3, DOUBLE: 3, BOOL: 3, DATETIME: 3 }

test('a namespace has room for our search attributes', () => {
  const counts = Object.values(SEARCH_ATTRIBUTES).reduce<Record<string, number>>((counted, type) => {
    counted[type] = (counted[type] ?? 0) + 1
    return counted
  }, {})
  for (const [type, count] of Object.entries(counts))
    expect(count, type).toBeLessThanOrEqual(COLUMNS[type as keyof typeof COLUMNS])
})
