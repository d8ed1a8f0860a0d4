import type { Call, EntryLink, EntryRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { webAddress } from '../kit/web-address.js'
import type { DynataConnection } from './config.js'

const LONGEST_LINK = 8_000

/**
 * True for a link that we may append our tracking id to: the Dynata Match API, link: "&sub_id=" is appended to the end
 * of the URL. https; plain http only where the operator reaches the provider itself that way (a sandbox). It is looked
 * at and never rewritten, since its payload is signed by them.
 */
export function isTrackable(link: string, { baseUrl }: Pick<DynataConnection, 'baseUrl'>): boolean {
  if (link.length > LONGEST_LINK || !/^[\x21-\x7e]+[?&]sub_id=$/.test(link) || link.includes('#')) return false
  return webAddress(link, baseUrl) !== null
}

/**
 * The panelist's own link with our session's id after its final `sub_id=` and every other byte as it came. Nothing is
 * asked upstream; a session is one survey, one panelist and one attempt, so the id is unique as the document asks.
 * @throws ProviderError 'rejected' for a link that was stored under another configuration and is not one any more
 */
export async function openEntry(call: Call<DynataConnection>, entry: EntryRequest): Promise<EntryLink> {
  const { url } = entry.survey.entry
  if (url === undefined || !isTrackable(url, call.config)) {
    const evidence = { url: entry.survey.providerSurveyId }
    throw new ProviderError('rejected', 'the survey has no link that ends in sub_id=', evidence)
  }
  return { url: `${url}${encodeURIComponent(entry.sessionId)}`, providerSessionId: null }
}
