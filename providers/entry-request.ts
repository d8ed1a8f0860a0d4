import type { PanelistSnapshot } from '../domain/panelist.js'
import type { Survey } from '../domain/survey.js'
import { upstreamProfile } from '../domain/upstream-profile.js'
import type { EntryRequest } from './adapter.js'
import type { Upstream } from './upstream.js'

/** A session whose entry is opening. */
export interface SessionToOpen {
  readonly sessionId: string
  readonly panel: string
  readonly provider: string
  /** The id the provider sees for this panelist. */
  readonly panelistId: string
  readonly quotaId: string | null
  readonly device: string | null
  readonly customPanelData: Readonly<Record<string, unknown>> | null
}

/** Inputs that only the opening needs; they are deleted with it. */
export interface OpeningInputs {
  readonly panelist: PanelistSnapshot
  readonly userIp: string | null
  readonly userAgent: string | null
}

/**
 * What an upstream receives about a session: only what it asks for, in its own words (docs/sessions.md, What a provider
 * learns).
 * @param inputs null once they are used or erased
 */
export function entryRequest(
  upstream: Upstream,
  session: SessionToOpen,
  survey: Survey,
  inputs: OpeningInputs | null,
  now: Date,
): EntryRequest {
  const quota = survey.quotas.find((candidate) => candidate.quotaId === session.quotaId) ?? null
  return {
    sessionId: session.sessionId,
    panelistId: session.panelistId,
    survey,
    quota,
    profile:
      inputs === null
        ? {}
        : upstreamProfile(inputs.panelist, survey, quota, session.provider, now, upstream.vocabulary),
    userIp: inputs?.userIp ?? null,
    userAgent: inputs?.userAgent ?? null,
    device: session.device,
    // the address of our own plan may name them; upstream never receives the panel's own data
    ...(upstream.adapter.slots !== undefined
      ? { ours: { panel: session.panel, customPanelData: session.customPanelData } }
      : {}),
  }
}
