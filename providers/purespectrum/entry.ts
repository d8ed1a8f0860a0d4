import { valuesOf } from '../../domain/panelist.js'
import type { Call, EntryLink, EntryRequest } from '../adapter.js'
import { ProviderError } from '../errors.js'
import { ENTRY_REFUSED, kindOfStatus } from '../kit/status.js'
import { webAddress } from '../kit/web-address.js'
import { postRegistration, saysFailure, unexpected } from './client.js'
import type { PureSpectrumConnection } from './config.js'
import { nestedRegistration, registration } from './wire.js'

/**
 * The respondent's entry address: the one of the registration answer (or, without one, the survey's own) with the
 * respondent's ids and profile appended (public pages, Supplier entry link). Registers for every entry: it is
 * idempotent, and a survey that closed meanwhile refuses it.
 * @throws ProviderError 'refused' when PureSpectrum admits no respondent to the survey; 'rejected' when there is no
 * entry address
 */
export async function openEntry(call: Call<PureSpectrumConnection>, entry: EntryRequest): Promise<EntryLink> {
  const { config } = call
  const address = config.register ? await register(call, entry) : (entry.survey.entry.url ?? null)
  if (address === null) {
    throw new ProviderError('rejected', 'the survey has no entry address: set `register: true`', {
      url: entry.survey.providerSurveyId,
    })
  }
  return { url: withParameters(checked(address, config), parametersOf(config, entry)), providerSessionId: null }
}

async function register(call: Call<PureSpectrumConnection>, entry: EntryRequest): Promise<string> {
  const answer = await postRegistration(call, entry.survey.providerSurveyId)
  const what = 'registering a respondent'
  const done = answer.status === 200 || answer.status === 201
  if (!done) throw unexpected(answer, what, kindOfStatus(answer.status, ENTRY_REFUSED))
  if (saysFailure(answer)) throw unexpected(answer, `${what} was refused and`, 'refused')
  const flat = registration.safeParse(answer.value)
  if (flat.success) return flat.data.survey_entry_url
  const nested = nestedRegistration.safeParse(answer.value)
  if (nested.success) return nested.data.survey.survey_entry_url
  throw unexpected(answer, `${what}: no survey_entry_url;`, 'misread')
}

/** @throws ProviderError 'misread' for an address that respondents may not be sent to */
function checked(address: string, config: PureSpectrumConnection): string {
  const url = webAddress(address, config.baseUrl)
  if (url === null) {
    throw new ProviderError('misread', 'survey_entry_url: not an https address without user name', {
      url: address.slice(0, 200),
    })
  }
  return url.href
}

function parametersOf(config: PureSpectrumConnection, entry: EntryRequest): Map<string, string> {
  const known = Object.entries(entry.profile)
    // their codes are numbers: what else a profile may hold is no parameter of theirs
    .filter(([code]) => /^\d{1,9}$/.test(code))
    .map(([code, value]) => [code, valuesOf(value).map(encodeURIComponent).join(',')] as const)
    .filter(([, values]) => values !== '')
  return new Map([
    ...known,
    // last, so that no profile answer overwrites the respondent's ids
    ['supplier_id', String(config.supplierId)],
    ['survey_id', encodeURIComponent(entry.survey.providerSurveyId)],
    ['ps_supplier_respondent_id', encodeURIComponent(entry.panelistId)],
    ['ps_supplier_sid', encodeURIComponent(entry.sessionId)],
  ])
}

/**
 * Their entry addresses carry a query of their own, some after a # (PureSpectrum Buy API, test_ps_survey_entry_link):
 * it stays as it is, except that our parameters replace those of the same name.
 */
function withParameters(address: string, parameters: ReadonlyMap<string, string>): string {
  const mark = address.lastIndexOf('?')
  const start = mark < 0 ? address : address.slice(0, mark)
  const theirs = (mark < 0 ? '' : address.slice(mark + 1))
    .split('&')
    .filter((pair) => pair !== '' && !parameters.has(pair.split('=')[0] ?? ''))
  const ours = [...parameters].map(([name, value]) => `${name}=${value}`)
  return `${start}?${[...theirs, ...ours].join('&')}`
}
