import { createHash } from 'node:crypto'
import { parseMoney } from '../../domain/money.js'
import type { EntryLink, EntryRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { firstIssue } from '../kit/unreadable.js'
import { webAddress } from '../kit/web-address.js'
import { surveyKey } from './catalogue.js'
import { getJson, postMember, segment, type TolunaCall } from './client.js'
import type { TolunaConnection } from './config.js'
import { checkQuota } from './quota-status.js'
import { invite } from './wire.js'

/** NO_MEMBER_FOUND: the member has to be registered before an invite (Toluna External Sample, Result codes). */
const NO_MEMBER_FOUND = '12'

/**
 * Asks whether the quota still takes people, then for the member's invite (Toluna External Sample, Generate Invite).
 * Price and length are the invite's: what the list said may be older. The link is passed on untouched.
 * @throws ProviderError 'refused' with what follows from it when Toluna says no
 */
export async function openEntry(call: TolunaCall, entry: EntryRequest): Promise<EntryLink> {
  const { quota, survey } = entry
  if (quota === null) throw new ProviderError('rejected', 'an invite is for a quota, and the survey has none')
  const { live, reason, effects } = await checkQuota(call, quota.quotaId)
  if (!live) throw new ProviderError('refused', `the quota takes nobody any more: ${reason}`, { effects })

  const read = invite.safeParse(await inviteFor(call, entry.panelistId, quota.quotaId))
  if (!read.success) {
    throw new ProviderError('misread', `the invite is not readable: ${firstIssue(read.error)}`)
  }
  const { surveyid, waveid, quotaid, partneramount, url, loi } = read.data
  if (surveyKey(surveyid, waveid) !== survey.providerSurveyId || quotaid !== quota.quotaId) {
    throw new ProviderError('misread', 'the invite is for another survey or quota than was asked for')
  }
  return {
    url: linkOf(url, call.config),
    providerSessionId: null,
    // What Toluna pays us; MemberAmount is what the panel would pay, "rarely used".
    price: parseMoney(partneramount, survey.price.currency),
    ...(loi === null || loi === undefined ? {} : { loiMinutes: Math.max(1, Math.ceil(loi)) }),
  }
}

/** A member nobody registered is registered where configuration says how, and asked for once more. */
async function inviteFor(call: TolunaCall, memberCode: string, quotaId: string): Promise<unknown> {
  const path = `/${segment(memberCode)}/Invite/${segment(quotaId)}`
  try {
    return await getJson(call, path, 'GET Invite')
  } catch (error) {
    const { registrationUrl } = call.config
    if (!(error instanceof ProviderError) || error.evidence.code !== NO_MEMBER_FOUND) throw error
    if (registrationUrl === null) {
      const says = `${error.message}; set registration_url to have members registered`
      throw new ProviderError('refused', says, error.evidence)
    }
    await postMember(call, registrationUrl, memberCode)
    return getJson(call, path, 'GET Invite after registering')
  }
}

/** The link as it came. @throws ProviderError 'misread' for one that respondents may not be sent to */
function linkOf(text: string, config: TolunaConnection): string {
  if (webAddress(text, config.baseUrl) === null) {
    throw new ProviderError('misread', 'the invite came without a usable https link')
  }
  return text.trim()
}

/** The code which Toluna knows a panelist by; hashed, it tells them nothing, and is the same for ever. */
export function memberCode(config: TolunaConnection, panelistId: string): string {
  if (config.memberCode !== 'hashed') return panelistId
  return createHash('sha256').update(`${config.panelGuid.toLowerCase()}:${panelistId}`).digest('hex').slice(0, 32)
}
