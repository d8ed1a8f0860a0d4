import { z } from 'zod'
import type { Journal } from '../journal.js'
import type { TributaryClient } from '../tributary.js'

const Qualification = z.object({ question_id: z.string(), qualifying_answers: z.array(z.string()) })

/**
 * What a panel stores of a plan from its feed (Kantar Gateway API, SurveyPlanUpdate): its qualifications, and where to
 * create sessions.
 */
const FeedItem = z.object({
  ack_id: z.number(),
  survey_session_creation_url: z.url({ protocol: /^https?$/ }).nullish(),
  survey_plan: z.object({
    id: z.string(),
    country: z.string(),
    status: z.string(),
    available_completes: z.number(),
    qualifications: z.array(Qualification).default([]),
    quotas: z
      .array(
        z.object({
          id: z.string(),
          status: z.string().default('OPEN'),
          available_completes: z.number(),
          qualifications: z.array(Qualification).default([]),
        }),
      )
      .default([]),
  }),
})
export type FeedItem = z.infer<typeof FeedItem>

/**
 * One panel's copy of its feed, as the Kantar Gateway API requires: everything since the last acknowledged update, then
 * the next.
 */
export interface FeedCopy {
  /**
   * Fetches what is new, calls `keep`, then acknowledges it. Throws FeedFailed when Tributary refuses either.
   * @param keep called once the copy contains the new updates, before they are acknowledged
   */
  update(keep: () => void): Promise<void>
  /** A plan that is not closed, by its id in the feed. */
  get(surveyPlanId: string): FeedItem | undefined
  /** The whole copy, to store over a restart: acknowledged updates are not sent again. */
  all(): FeedItem[]
}

export class FeedFailed extends Error {}

/** @param kept the content of an earlier copy of this panel's feed */
export function createFeedCopy(
  panel: string,
  tributary: TributaryClient,
  journal: Journal,
  kept: readonly unknown[] = [],
): FeedCopy {
  const items = new Map<string, FeedItem>()
  for (const one of kept) keep(one)

  /** The ack_id of an update, even of an unreadable one; undefined when it is missing. */
  function keep(update: unknown): number | undefined {
    const read = FeedItem.safeParse(update)
    if (!read.success) return z.object({ ack_id: z.number() }).safeParse(update).data?.ack_id
    const { survey_plan: plan } = read.data
    if (plan.status === 'CLOSED') items.delete(plan.id)
    else items.set(plan.id, read.data)
    return read.data.ack_id
  }

  return {
    async update(keepAll) {
      const answer = await tributary.get('/surveys')
      if (answer.status !== 200 || !Array.isArray(answer.body))
        throw new FeedFailed(`the feed of ${panel} answered ${answer.status}`)
      let highest: number | undefined
      for (const update of answer.body) {
        const ackId = keep(update)
        if (ackId !== undefined && ackId > (highest ?? Number.NEGATIVE_INFINITY)) highest = ackId
      }
      journal.record('field.polled', { panel, updates: answer.body.length })
      if (highest === undefined) return
      keepAll()
      const acked = await tributary.post('/surveys/ack', { ack_id: highest })
      if (acked.status !== 204)
        throw new FeedFailed(`the feed of ${panel} did not accept ack_id ${highest}: ${acked.status}`)
      journal.record('field.acked', { panel, ack_id: highest })
    },
    get: (surveyPlanId) => items.get(surveyPlanId),
    all: () => [...items.values()],
  }
}
