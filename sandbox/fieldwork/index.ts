import { setTimeout as wait } from 'node:timers/promises'
import express, { Router } from 'express'
import { z } from 'zod'
import type { Clock } from '../clock.js'
import { createTokenChecker } from '../demo/token.js'
import type { Journal } from '../journal.js'
import { createRandom } from '../random.js'
import { createTributaryClient } from '../tributary.js'
import { createBrowser } from './browser.js'
import { createFeedCopy, type FeedItem } from './feed.js'
import { findRespondent } from './respondents.js'
import { type SendingPanel, type Visit, visitSurvey } from './visit.js'

export interface FieldworkOptions {
  /** The panels that it plays [lifepoints and toplife of tributary.sandbox.yaml]. */
  panels?: readonly { id: string; apiKey: string }[]
  /** Between two respondents, in simulated milliseconds [500]. */
  paceMs?: number
  /** The panels' copies of their feeds before a restart, by panel id. */
  kept?: Readonly<Record<string, readonly unknown[]>>
  /** Called with those copies when they have changed, before the acknowledgement. */
  keep?: (feeds: Record<string, FeedItem[]>) => void
}

export interface FieldworkSurroundings {
  seed: string
  clock: Clock
  journal: Journal
  apiUrl: () => string
  /** Tributary's address for browsers, and in its tokens. */
  publicUrl: () => string
  /** The sandbox's survey platform: respondents go to no other survey. */
  platformUrl: () => string
}

/** The plan to field, as its buyer knows it. */
export interface FieldOrder {
  planId: string
  /** The plan's id in the panels' feeds, which do not have the buyer's ids. */
  panelSurveyId: string
  surveyUrl: string
  panels: readonly string[]
  sessions: number
}

/** One run of respondents through a plan. */
export interface FieldRun {
  planId: string
  wanted: number
  startedAt: Date
  state: 'running' | 'done'
  /** How respondents who came back ended, by the outcome of the panel's verified token. */
  outcomes: Record<string, number>
  /** Session creations that Tributary refused, by its message. */
  refused: Record<string, number>
  /** Respondents who did not return. */
  lost: number
  /** Why it ended early. */
  note: string | undefined
}

/**
 * The panels' side of fielding a plan: feed, acknowledge, create sessions, send respondents (Kantar Gateway API).
 */
export interface Fieldwork {
  /** Under `/_sandbox/field`. */
  admin: Router
  /** Starts a run, or returns the one in progress. */
  start(order: FieldOrder): FieldRun
  latest(planId: string): FieldRun | undefined
  close(): Promise<void>
}

/** The same values as in tributary.sandbox.yaml; a test holds the two together. */
export const SANDBOX_PANELS = [
  { id: 'lifepoints', apiKey: 'tk_test_lifepoints' },
  { id: 'toplife', apiKey: 'tk_test_toplife' },
] as const

/** The longest run, for any request. */
export const MOST_RESPONDENTS = 50
/** A panel polls its feed every 10 to 15 seconds (Kantar Gateway API); here once per this many of its respondents. */
const RESPONDENTS_PER_POLL = 3

const Order = z.object({
  plan_id: z.string().min(1),
  panel_survey_id: z.string().min(1),
  survey_url: z.string(),
  panels: z.array(z.string()).min(1),
  sessions: z.number().int().min(1).max(MOST_RESPONDENTS).default(10),
})

export function createFieldwork(options: FieldworkOptions, around: FieldworkSurroundings): Fieldwork {
  const { seed, clock, journal, apiUrl, publicUrl, platformUrl } = around
  const { paceMs = 500, kept = {}, keep = () => {} } = options
  const panels: SendingPanel[] = (options.panels ?? SANDBOX_PANELS).map(({ id, apiKey }) => {
    const tributary = createTributaryClient(apiUrl, apiKey)
    const feed = createFeedCopy(id, tributary, journal, kept[id])
    return { id, tributary, feed, tokens: createTokenChecker(apiUrl, publicUrl, id) }
  })
  // in a container the address for browsers may not answer, but the one for our own calls does
  const reach = (url: string) => (url.startsWith(`${publicUrl()}/`) ? apiUrl() + url.slice(publicUrl().length) : url)
  const browser = createBrowser(reach)
  const runs = new Map<string, FieldRun>()
  const stopped = new AbortController()

  function start(order: FieldOrder): FieldRun {
    const current = runs.get(order.planId)
    if (current?.state === 'running') return current
    const run: FieldRun = {
      planId: order.planId,
      wanted: Math.min(order.sessions, MOST_RESPONDENTS),
      startedAt: clock.now(),
      state: 'running',
      outcomes: {},
      refused: {},
      lost: 0,
      note: undefined,
    }
    runs.set(order.planId, run)
    void field(order, run).then(
      (note) => finish(run, note),
      (error: unknown) => finish(run, error instanceof Error ? error.message : String(error)),
    )
    return run
  }

  function finish(run: FieldRun, note: string | undefined): void {
    run.state = 'done'
    run.note = note
    const { planId: plan, outcomes, refused, lost } = run
    journal.record('field.done', { plan, outcomes, refused, lost, note })
  }

  /** Sends respondents of each panel in turn; returns why it stopped early, if it did. */
  async function field(order: FieldOrder, run: FieldRun): Promise<string | undefined> {
    const { panelSurveyId } = order
    const senders = panels.filter(({ id }) => order.panels.some((name) => name.toLowerCase() === id.toLowerCase()))
    if (senders.length === 0) return `the sandbox plays none of its panels (${order.panels.join(', ')})`
    if (!order.surveyUrl.startsWith(`${platformUrl()}/`))
      return `its survey is not on the sandbox's platform (${platformUrl()}): respondents go to no other`
    const random = createRandom(`${seed}/field/${order.planId}/${run.startedAt.getTime()}`)

    for (let count = 0; count < run.wanted && !stopped.signal.aborted; count++) {
      const panel = senders[count % senders.length]
      if (!panel) return undefined
      if (Math.floor(count / senders.length) % RESPONDENTS_PER_POLL === 0) await updateFeed(panel)
      const item = panel.feed.get(panelSurveyId)
      const url = item?.survey_session_creation_url
      const panelistId = `field-${run.startedAt.getTime().toString(36)}-${count}`
      const respondent = item && url && item.survey_plan.status === 'OPEN' && findRespondent(random, panelistId, item)
      if (!respondent || !url) {
        await Promise.all(senders.map(updateFeed))
        if (!senders.some(({ feed }) => isWanted(feed.get(panelSurveyId))))
          return count === 0 ? "no panel's feed offers it" : 'no panel has completes left'
        continue
      }
      tell(run, await visitSurvey(panel, url, respondent, { browser, journal, apiUrl, platformUrl, reach }))
      await wait(clock.realMilliseconds(paceMs), undefined, { signal: stopped.signal, ref: false }).catch(() => {})
    }
    return undefined
  }

  async function updateFeed({ feed }: SendingPanel): Promise<void> {
    await feed.update(() => keep(Object.fromEntries(panels.map((panel) => [panel.id, panel.feed.all()]))))
  }

  const admin = Router()
  admin.use(express.json({ limit: '100kb' }))
  admin.get('/runs', (_request, response) => void response.json({ runs: [...runs.values()] }))
  admin.post('/runs', (request, response) => {
    const order = Order.safeParse(request.body)
    if (!order.success) return void response.status(400).json({ message: z.prettifyError(order.error) })
    const { plan_id: planId, panel_survey_id: panelSurveyId, survey_url: surveyUrl, ...rest } = order.data
    response.status(202).json(start({ planId, panelSurveyId, surveyUrl, ...rest }))
  })

  return {
    admin,
    start,
    latest: (planId) => runs.get(planId),
    async close() {
      stopped.abort()
      await Promise.all([browser.close(), ...panels.map(({ tributary }) => tributary.close())])
    },
  }
}

function tell(run: FieldRun, visit: Visit): void {
  if (visit.kind === 'lost') run.lost++
  else if (visit.kind === 'back') run.outcomes[visit.outcome] = (run.outcomes[visit.outcome] ?? 0) + 1
  else run.refused[visit.reason] = (run.refused[visit.reason] ?? 0) + 1
}

function isWanted(item: FeedItem | undefined): boolean {
  if (item?.survey_plan.status !== 'OPEN' || !item.survey_session_creation_url) return false
  const { quotas } = item.survey_plan
  return quotas.length === 0 || quotas.some((quota) => quota.status === 'OPEN' && quota.available_completes > 0)
}
