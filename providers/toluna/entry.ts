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

/** NO_MEMBER_FOUND: register the member before the invite (Toluna External Sample, Result codes). */
const NO_MEMBER_FOUND = '12'

/**
 * Checks whether the quota is still open, then requests the member's invite (Toluna External Sample, Generate Invite).
 * Uses the invite's price and length, because the list's may be older. Returns the link unchanged.
 * @throws ProviderError 'refused' with its effects when Toluna refuses
 */
export async function openEntry(call: TolunaCall, entry: EntryRequest): Promise<EntryLink> {
  const { quota, survey } = entry
  if (quota === null) throw new ProviderError('rejected', 'the survey has no quota, and an invite needs one')
  const { live, reason, effects } = await checkQuota(call, quota.quotaId)
  if (!live) throw new ProviderError('refused', `the quota is closed: ${reason}`, { effects })

  const read = invite.safeParse(await inviteFor(call, entry.panelistId, quota.quotaId))
  if (!read.success) {
    throw new ProviderError('misread', `the invite is not readable: ${firstIssue(read.error)}`)
  }
  const { surveyid, waveid, quotaid, partneramount, url, loi } = read.data
  if (surveyKey(surveyid, waveid) !== survey.providerSurveyId || quotaid !== quota.quotaId) {
    throw new ProviderError('misread', 'the invite is for another survey or quota than the requested one')
  }
  return {
    url: linkOf(url, call.config),
    providerSessionId: null,
    // What Toluna pays us; MemberAmount is what the panel would pay, "rarely used".
    price: parseMoney(partneramount, survey.price.currency),
    ...(loi === null || loi === undefined ? {} : { loiMinutes: Math.max(1, Math.ceil(loi)) }),
  }
}

/**
 * If the member is unknown and configuration has a registration URL, registers the member and requests the invite
 * again.
 */
async function inviteFor(call: TolunaCall, memberCode: string, quotaId: string): Promise<unknown> {
  const path = `/${segment(memberCode)}/Invite/${segment(quotaId)}`
  try {
    return await getJson(call, path, 'GET Invite')
  } catch (error) {
    const { registrationUrl } = call.config
    if (!(error instanceof ProviderError) || error.evidence.code !== NO_MEMBER_FOUND) throw error
    if (registrationUrl === null) {
      const says = `${error.message}; set registration_url to register members`
      throw new ProviderError('refused', says, error.evidence)
    }
    await postMember(call, registrationUrl, memberCode)
    return getJson(call, path, 'GET Invite after registering')
  }
}

/** The link as received. @throws ProviderError 'misread' for one that respondents may not be sent to */
function linkOf(text: string, config: TolunaConnection): string {
  if (webAddress(text, config.baseUrl) === null) {
    throw new ProviderError('misread', 'the invite has no usable https link')
  }
  return text.trim()
}

/** Toluna's code for a panelist; hashed, it reveals nothing about them, and it never changes. */
export function memberCode(config: TolunaConnection, panelistId: string): string {
  if (config.memberCode !== 'hashed') return panelistId
  return createHash('sha256').update(`${config.panelGuid.toLowerCase()}:${panelistId}`).digest('hex').slice(0, 32)
}
