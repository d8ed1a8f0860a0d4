/** Both ends are included. */
export interface Range {
  start: number
  end: number
}

/**
 * Reads the supplier's spelling of a range, `"16-40"` (Kantar Gateway API, SupplierSurveyPlan); undefined when it is
 * not one.
 */
export function parseRange(text: string): Range | undefined {
  const found = /^(\d{1,3})-(\d{1,3})$/.exec(text)
  if (!found) return undefined
  const range = { start: Number(found[1]), end: Number(found[2]) }
  return range.start <= range.end ? range : undefined
}
