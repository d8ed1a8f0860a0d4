import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { GATEWAY } from '../domain/plan/survey-plan.js'
import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { Call, EntryLink, EntryRequest, ProviderAdapter } from './adapter.js'
import { ProviderError } from './errors.js'
import { type AddressValues, surveyAddress } from './survey-address.js'

type OwnPlansConnection = ConnectionBase & { readonly provider: typeof GATEWAY }

/**
 * The one connection that is not configured: the survey plans that buyers launch here (docs/configuration.md, The
 * file).
 */
export const gatewayConnection: OwnPlansConnection = {
  id: GATEWAY,
  provider: GATEWAY,
  panelistIds: 'bare',
  requiredGrade: 'E1',
  attributes: null,
  caps: null,
  staleAfter: 0,
  currency: 'USD',
  ratePerSecond: null,
}

/**
 * Our own plans as an upstream, so that matching, sessions, outcomes and the ledger treat them like any other survey.
 * Makes no network request: the entry is the buyer's own survey address.
 */
export const ownPlans: ProviderAdapter<OwnPlansConnection> = {
  name: GATEWAY,
  config: z.custom<OwnPlansConnection>(),
  // plans are written in our own canonical attributes
  vocabulary: { identity: true, attributes: {} },
  // no arrivals: outcomes of our own plans go to the session router (docs/router.md)
  entry: { priceWithEntry: false, open: openEntry },
  slots: { countedHere: true },
}

/**
 * The respondent's entry to the buyer's survey: its address with the session token in it. The token is the session's id
 * at the survey platform, so it is stored as the provider's session id.
 */
async function openEntry(_call: Call<ConnectionBase>, entry: EntryRequest): Promise<EntryLink> {
  const template = entry.survey.entry.survey_url
  if (template === undefined) throw new ProviderError('refused', 'the plan has no survey_url')
  const token = randomBytes(24).toString('base64url')
  return { url: surveyAddress(template, token, addressValues(entry)), providerSessionId: token }
}

/** The values for placeholders in a survey's address (docs/router.md, Placeholders). */
function addressValues({ survey, quota, profile, panelistId, device, ours }: EntryRequest): AddressValues {
  const panel = (ours?.panel ?? '').toUpperCase()
  return {
    session: {
      SURVEY_ID: survey.entry.survey_id ?? '',
      PANELIST_ID: panelistId,
      SUPPLIER_ID: panel,
      PANEL: panel,
      QUOTA_ID: quota?.quotaId ?? '',
      COUNTRY: survey.country,
      LOCALE: survey.locale ?? '',
      DEVICE: device ?? '',
    },
    named: new Map([...texts(ours?.customPanelData ?? {}), ...texts(profile)]),
  }
}

/** The members with a single value: lists and objects cannot be part of an address. */
function texts(members: Readonly<Record<string, unknown>>): [name: string, value: string][] {
  return Object.entries(members).flatMap(([name, value]): [string, string][] =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)]] : [],
  )
}
