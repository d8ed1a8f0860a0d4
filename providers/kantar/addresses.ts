import { listsHost } from '../../domain/host-list.js'
import { webAddress } from '../kit/web-address.js'
import type { KantarConnection } from './config.js'

/** The settings of the connection that decide whether a session creation URL is accepted. */
export type EntryPolicy = Pick<KantarConnection, 'sessionHosts' | 'supplyUrl'>

/**
 * The feed names the URL to which we post our key and a profile, so only hosts that the operator listed are accepted
 * (docs/configuration.md, The file). A missing URL is valid: the plan is stored, and no respondent can enter yet.
 * @throws RangeError for another host, another scheme, or plain http if the supply itself is on https
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
