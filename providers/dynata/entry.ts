import type { Call, EntryLink, EntryRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { webAddress } from '../kit/web-address.js'
import type { DynataConnection } from './config.js'

const LONGEST_LINK = 8_000

/**
 * True for a link that we may append our tracking id to: the Dynata Match API, link: "&sub_id=" is appended to the end
 * of the URL. https; plain http only if the operator configured http for the provider itself (a sandbox). The link is
 * checked and never rewritten, because the provider signs its payload.
 */
export function isTrackable(link: string, { baseUrl }: Pick<DynataConnection, 'baseUrl'>): boolean {
  if (link.length > LONGEST_LINK || !/^[\x21-\x7e]+[?&]sub_id=$/.test(link) || link.includes('#')) return false
  return webAddress(link, baseUrl) !== null
}

/**
 * The panelist's own link with our session's id after its final `sub_id=`; every other byte stays as received. Makes no
 * upstream request. The id is unique as the document asks, because a session is one survey, one panelist and one
 * attempt.
 * @throws ProviderError 'rejected' for a link that was stored under another configuration and is no longer trackable
 */
export async function openEntry(call: Call<DynataConnection>, entry: EntryRequest): Promise<EntryLink> {
  const { url } = entry.survey.entry
  if (url === undefined || !isTrackable(url, call.config)) {
    const evidence = { url: entry.survey.providerSurveyId }
    throw new ProviderError('rejected', 'the survey has no link that ends in sub_id=', evidence)
  }
  return { url: `${url}${encodeURIComponent(entry.sessionId)}`, providerSessionId: null }
}
