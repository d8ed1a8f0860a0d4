import type { ProviderErrorKind } from '../errors.js'

/**
 * The error kind of an undocumented HTTP status; the kind decides about a retry (RFC 9110, Status Codes; 429 is of RFC
 * 6585, 425 of RFC 8470): 401 and 403 are about our key, 429 asks for a pause, 408, 425 and 5xx may pass. A status
 * below 300 is not the documented success; any other refuses our request.
 * @param documented what a status means at this provider, if its document says otherwise
 */
export function kindOfStatus(
  status: number,
  documented: Readonly<Record<number, ProviderErrorKind>> = {},
): ProviderErrorKind {
  const own = Object.hasOwn(documented, status) ? documented[status] : undefined
  if (own !== undefined) return own
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 429) return 'rate-limited'
  if (status >= 500 || status === 408 || status === 425) return 'unavailable'
  return status < 300 ? 'misread' : 'rejected'
}

/**
 * What a status means on opening an entry if the provider documents nothing else: the survey is gone, full or closed,
 * or not for this respondent. A retry does not change it.
 */
export const ENTRY_REFUSED: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'refused',
  404: 'refused',
  409: 'refused',
  410: 'refused',
  422: 'refused',
}
