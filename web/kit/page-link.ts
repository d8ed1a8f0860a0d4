/**
 * The address of a list with its filters, from a cursor.
 * @param filters empty ones are left out
 * @param anchor the heading to which the browser scrolls
 */
export function pageLink(
  path: string,
  filters: Readonly<Record<string, string | null | undefined>>,
  anchor?: string,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) {
    if (value !== null && value !== undefined && value !== '') query.append(name, value)
  }
  const search = query.toString()
  return `${path}${search === '' ? '' : `?${search}`}${anchor === undefined ? '' : `#${anchor}`}`
}
