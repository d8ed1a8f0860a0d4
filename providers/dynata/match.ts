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
 * What Dynata has for one panelist now (Dynata Match API). A new user is registered on the way: when the profile was
 * not in the first payload it is asked once more with it (D9).
 * @throws ProviderError 'unavailable' for codes worth another try, 'rejected' for a fault of ours, 'unauthorized' for a
 * setting that an operator has to mend, 'misread'
 */
export async function matchPanelist(call: Call<DynataConnection>, panelist: PanelistRequest): Promise<PanelistMatch> {
  if (panelist.userIp === '') throw new ProviderError('rejected', 'user_ip is the one member that must be there')
  const profile = userProfileOf(panelist)
  const sent = call.config.send.profile ? profile : null
  let reply = await postMatch(call, panelist, sent)
  if ('code' in reply && reply.code === PROFILE_REQUIRED && sent === null && profile !== null) {
    reply = await postMatch(call, panelist, profile)
  }
  if ('code' in reply) return meaningOf(call, reply.code, profile !== null)
  const lists = matchAnswer.safeParse(reply.body)
  if (!lists.success) throw new ProviderError('misread', 'the match answered without a list of surveys', here(call))
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
        notice: couldRegister ? MORE_PROFILE : 'a date_of_birth is needed: the panelist is new there',
      }
    case 'again':
      throw new ProviderError('unavailable', `the match answered code ${code}, ${says}`, evidence)
    case 'ours':
      throw new ProviderError('rejected', `the match answered code ${code}, ${says}: a fault of this program`, evidence)
    case 'configuration':
      throw new ProviderError('unauthorized', `the match answered code ${code}, ${says}: ${hint}`, evidence)
  }
}

const MORE_PROFILE = 'the provider wants more of this panelist’s profile than is known'

const here = (call: Call<DynataConnection>) => ({ url: call.config.baseUrl })
