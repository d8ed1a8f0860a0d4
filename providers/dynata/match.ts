import type { Call, PanelistMatch, PanelistRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { readLists } from './catalogue.js'
import { postMatch } from './client.js'
import type { DynataConnection } from './config.js'
import { ERROR_CODES, UNKNOWN_CODE } from './error-codes.js'
import { userProfileOf } from './profile.js'
import { matchAnswer } from './wire.js'

/** Code 9: "User Profile required (happens when it's a new user)". */
const PROFILE_REQUIRED = '9'

/**
 * The surveys that Dynata has for one panelist now (Dynata Match API). Registers a new user: when the first payload had
 * no profile, sends one more request with it (D9).
 * @throws ProviderError 'unavailable' for codes worth a retry, 'rejected' for a bug of ours, 'unauthorized' for a
 * setting that an operator must correct, 'misread'
 */
export async function matchPanelist(call: Call<DynataConnection>, panelist: PanelistRequest): Promise<PanelistMatch> {
  if (panelist.userIp === '') throw new ProviderError('rejected', 'user_ip is required')
  const profile = userProfileOf(panelist)
  const sent = call.config.send.profile ? profile : null
  let reply = await postMatch(call, panelist, sent)
  if ('code' in reply && reply.code === PROFILE_REQUIRED && sent === null && profile !== null) {
    reply = await postMatch(call, panelist, profile)
  }
  if ('code' in reply) return meaningOf(call, reply.code, profile !== null)
  const lists = matchAnswer.safeParse(reply.body)
  if (!lists.success) throw new ProviderError('misread', 'the match answer has no list of surveys', here(call))
  return { ...readLists(lists.data, call.config, panelist.country), notice: null }
}

const NOTHING: PanelistMatch = { surveys: [], offers: [], unreadable: [], unpriced: 0, notice: null }

function meaningOf(call: Call<DynataConnection>, code: string, couldRegister: boolean): PanelistMatch {
  const known = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code] : undefined
  const { says, effect, hint = '' } = known ?? UNKNOWN_CODE
  const evidence = { ...here(call), code }
  switch (effect) {
    case 'empty':
      return NOTHING
    case 'nothing':
      return { ...NOTHING, notice: hint }
    case 'banned':
      return { ...NOTHING, notice: hint, blockedForMs: call.config.banFor }
    case 'registration':
      return {
        ...NOTHING,
        notice: couldRegister ? MORE_PROFILE : 'date_of_birth is required because the panelist is new to the provider',
      }
    case 'again':
      throw new ProviderError('unavailable', `the match answered code ${code}, ${says}`, evidence)
    case 'ours':
      throw new ProviderError('rejected', `the match answered code ${code}, ${says}: a bug in this program`, evidence)
    case 'configuration':
      throw new ProviderError('unauthorized', `the match answered code ${code}, ${says}: ${hint}`, evidence)
  }
}

const MORE_PROFILE = 'the provider requires more profile attributes of this panelist'

const here = (call: Call<DynataConnection>) => ({ url: call.config.baseUrl })
