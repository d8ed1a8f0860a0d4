import { listsHost } from '../../domain/host-list.js'
import { webAddress } from '../kit/web-address.js'
import type { KantarConnection } from './config.js'

/** Where a session may be created: what of the connection decides whether a creation URL is believed. */
export type EntryPolicy = Pick<KantarConnection, 'sessionHosts' | 'supplyUrl'>

/**
 * The address our key and a profile will be posted to comes from the feed, so only what the operator listed is taken
 * (docs/configuration.md, The file). No address at all is no fault: the plan is known, and nobody can be sent in yet.
 * @throws RangeError for another host, another scheme, or plain http where the supply itself is on https
 */
export function creationUrl(address: string | null | undefined, policy: EntryPolicy): string | null {
  if (address === null || address === undefined || address.trim() === '') return null
  const url = webAddress(address, policy.supplyUrl)
  if (url === null) {
    throw new RangeError('survey_session_creation_url: not an https address without user name')
  }
  if (!listsHost(policy.sessionHosts, url)) {
    throw new RangeError(`survey_session_creation_url: the host ${url.host} is not among session_hosts`)
  }
  return url.href
}
