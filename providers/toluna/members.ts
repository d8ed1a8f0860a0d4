import type { MembersPage } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { getJson, segment, type TolunaCall } from './client.js'
import { members } from './wire.js'

/**
 * One page of the members of a recontact quota (Toluna External Sample, Recontact Flow), in Toluna's order. MaxResults
 * of the answer only repeats how many came.
 * @param after the last code that was received; null = from the beginning
 */
export async function fetchMembers(call: TolunaCall, quotaId: string, after: string | null): Promise<MembersPage> {
  const last = after === null ? '' : `&lastMemberCodeReceived=${encodeURIComponent(after)}`
  const path = `/Recontact/${segment(quotaId)}/MemberCodes?maxResults=${call.config.recontactPage}${last}`
  const read = members.safeParse(await getJson(call, path, 'GET MemberCodes'))
  if (!read.success) throw new ProviderError('misread', 'GET MemberCodes answered without a list of codes')
  const codes = read.data.membercodes
  // Stop when the page repeats the last code: otherwise a server that repeats itself causes an endless loop.
  const advances = codes.length > 0 && codes.at(-1) !== after
  return { members: codes, done: !read.data.hasadditionalmembers || !advances }
}
