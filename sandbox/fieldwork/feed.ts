import { z } from 'zod'
import type { Journal } from '../journal.js'
import type { TributaryClient } from '../tributary.js'

const Qualification = z.object({ question_id: z.string(), qualifying_answers: z.array(z.string()) })

/**
 * What a panel keeps of a plan in its feed (Kantar Gateway API, SurveyPlanUpdate): who is wanted, and where sessions
 * are created.
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
 * One panel's copy of its feed, as the Kantar Gateway API wants it kept: everything since the last acknowledged update,
 * then the next.
 */
export interface FeedCopy {
  /**
   * Asks for what is new, has it kept, then acknowledges it. Throws FeedFailed when Tributary refuses either.
   * @param keep called once the copy holds what is new, and before that is acknowledged
   */
  update(keep: () => void): Promise<void>
  /** A plan that is not closed, by what the feed calls it. */
  get(surveyPlanId: string): FeedItem | undefined
  /** All that is kept, to be kept over a restart: what was acknowledged is not sent again. */
  all(): FeedItem[]
}

export class FeedFailed extends Error {}

/** @param kept what an earlier copy of this panel's feed held */
export function createFeedCopy(
  panel: string,
  tributary: TributaryClient,
  journal: Journal,
  kept: readonly unknown[] = [],
): FeedCopy {
  const items = new Map<string, FeedItem>()
  for (const one of kept) keep(one)

  /** The ack_id of an update, also of one that cannot be read otherwise; undefined when even that is missing. */
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
        throw new FeedFailed(`the feed of ${panel} did not take ack_id ${highest}: ${acked.status}`)
      journal.record('field.acked', { panel, ack_id: highest })
    },
    get: (surveyPlanId) => items.get(surveyPlanId),
    all: () => [...items.values()],
  }
}
