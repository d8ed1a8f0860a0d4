import { z } from 'zod'
import type { TokenChecker } from '../demo/token.js'
import type { Journal } from '../journal.js'
import type { TributaryClient } from '../tributary.js'
import type { Browser } from './browser.js'
import type { FeedCopy } from './feed.js'
import type { Respondent } from './respondents.js'

/** A panel whose panelists the sandbox sends. */
export interface SendingPanel {
  id: string
  tributary: TributaryClient
  feed: FeedCopy
  tokens: TokenChecker
}

export interface VisitParts {
  browser: Browser
  journal: Journal
  apiUrl: () => string
  /** The sandbox's survey platform: respondents answer no other survey. */
  platformUrl: () => string
  /** Turns an address for browsers into one that answers here. */
  reach: (url: string) => string
}

/** How a visit ended: with the outcome of the panel's verified token, with a refusal, or without a return. */
export type Visit = { kind: 'back'; outcome: string } | { kind: 'refused'; reason: string } | { kind: 'lost' }

const MOST_HOPS = 8
const CreatedSession = z.object({ url: z.url({ protocol: /^https?$/ }) })
const Fault = z.object({ message: z.string(), details: z.array(z.object({ message: z.string() })).default([]) })

/**
 * Creates a session at the address of the feed and follows its respondent through it: start link, survey, outcome,
 * return (Kantar Gateway API, Session Router). Throws Unreachable when Tributary does not answer.
 */
export async function visitSurvey(
  panel: SendingPanel,
  sessionUrl: string,
  respondent: Respondent,
  parts: VisitParts,
): Promise<Visit> {
  const { journal } = parts
  const facts = { panel: panel.id, panelist: respondent.panelistId }
  const answer = await panel.tributary.post(pathOf(sessionUrl, parts), {
    panelist_id: respondent.panelistId,
    panelist_profile: respondent.profile,
    custom_panel_data: { app: 'sandbox' },
    ...(respondent.quotaId ? { target_quota_id: respondent.quotaId } : {}),
  })
  const created = CreatedSession.safeParse(answer.body)
  if (answer.status !== 200 || !created.success) {
    const fault = Fault.safeParse(answer.body).data
    const reason = fault?.details[0]?.message ?? fault?.message ?? `status ${answer.status}`
    journal.record('field.refused', { ...facts, status: answer.status, reason })
    return { kind: 'refused', reason }
  }
  journal.record('field.session', { ...facts, quota: respondent.quotaId })
  const token = await walk(created.data.url, respondent, parts)
  const checked = token === undefined ? undefined : await panel.tokens.check(token)
  const outcome = checked?.problem === undefined ? checked?.claims.outcome : undefined
  journal.record('field.back', { ...facts, outcome, problem: checked?.problem })
  return typeof outcome === 'string' ? { kind: 'back', outcome } : { kind: 'lost' }
}

/** The panel's key goes to Tributary only, even if the feed names another host. */
function pathOf(sessionUrl: string, { reach, apiUrl }: VisitParts): string {
  const reached = reach(sessionUrl)
  if (reached.startsWith(`${apiUrl()}/`)) return reached.slice(apiUrl().length)
  const { pathname, search } = new URL(reached)
  return pathname + search
}

/** Follows redirects from the start link until the panel's own address with its token; does not request that one. */
async function walk(from: string, { outcome }: Respondent, parts: VisitParts): Promise<string | undefined> {
  const { browser, reach, apiUrl, platformUrl } = parts
  let at = from
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const onPlatform = at.startsWith(`${platformUrl()}/`)
    const token = new URL(at).searchParams.get('token')
    if (token !== null && !onPlatform) return token
    if (!onPlatform && !reach(at).startsWith(`${apiUrl()}/`)) return undefined
    const { location } = await browser.visit(onPlatform ? answered(at, outcome) : at)
    if (location === undefined) return undefined
    at = location
  }
  return undefined
}

/** The survey's address with the answer that ends it. */
function answered(url: string, outcome: string): string {
  const survey = new URL(url)
  survey.searchParams.set('auto', outcome)
  return survey.href
}
