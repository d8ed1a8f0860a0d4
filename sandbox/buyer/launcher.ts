import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import { Unreachable } from '../tributary.js'
import { type BuyerClient, Refused } from './client.js'
import type { StarterPlan } from './starter-plans.js'
import type { StarterTemplate } from './starter-templates.js'

export interface LauncherParts {
  buyers: readonly BuyerClient[]
  plans: () => StarterPlan[]
  templates: readonly StarterTemplate[]
  clock: Clock
  journal: Journal
  /** Called for each plan that was launched now. */
  onLaunched: (buyer: BuyerClient, planId: string) => void
  /** Reports to an operator what failed. */
  warn: (line: string) => void
}

/**
 * The result for one starter plan: launched now, existing from an earlier start, or launched again at a new address.
 */
export type Launch = 'launched' | 'there' | 'relaunched'

/** Tributary may start after the sandbox: the most tries, and the wait between them (simulated milliseconds). */
const TRIES = 120
const PAUSE_MS = 1_000

/**
 * Launches each buyer's first plans once Tributary answers. Recognises a plan by the buyer's own survey id, so a
 * restart launches no plan twice; a closed plan stays closed.
 */
export function createLauncher({ buyers, plans, templates, clock, journal, onLaunched, warn }: LauncherParts) {
  const stopped = new AbortController()
  /** Launched plans whose policy Tributary has not accepted yet, by the buyer's survey id. */
  const owed = new Map<string, string>()

  function buyerOf({ buyer: id }: { buyer: string }): BuyerClient {
    const buyer = buyers.find(({ account }) => account.id === id)
    if (!buyer) throw new Error(`unknown buyer "${id}"`)
    return buyer
  }

  async function launchOne(plan: StarterPlan): Promise<Launch> {
    const buyer = buyerOf(plan)
    const { body } = plan
    const launched = owed.get(body.survey_id)
    if (launched !== undefined) return agree(buyer, plan, launched)
    const { value: known } = await buyer.plans()
    const mine = known.filter(({ survey_id }) => survey_id === body.survey_id)
    let moved = false
    for (const { id, status } of mine) {
      if (status === 'CLOSED') continue
      const { value } = await buyer.plan(id)
      if (value.survey_plan.survey_url === body.survey_url) return 'there'
      // the sandbox listens elsewhere now: respondents cannot reach that plan's survey any more, and its address cannot
      // change
      await buyer.setStatus(id, 'CLOSED')
      journal.record('buyer.closed', { buyer: buyer.account.id, plan: id, reason: 'its survey has moved' })
      moved = true
    }
    if (mine.length > 0 && !moved) return 'there'
    const { value } = await buyer.launch(body)
    journal.record('buyer.launched', { buyer: buyer.account.id, plan: value.id, survey_id: body.survey_id })
    owed.set(body.survey_id, value.id)
    onLaunched(buyer, value.id)
    await agree(buyer, plan, value.id)
    return moved ? 'relaunched' : 'launched'
  }

  async function agree(buyer: BuyerClient, { body, policy }: StarterPlan, planId: string): Promise<Launch> {
    if (policy) await buyer.setPolicy(planId, policy)
    owed.delete(body.survey_id)
    return 'launched'
  }

  /** Creates a template if none has its id. */
  async function putTemplate(template: StarterTemplate): Promise<Launch> {
    const buyer = buyerOf(template)
    if (await buyer.hasTemplate(template.id)) return 'there'
    await buyer.putTemplate(template.id, template.body)
    journal.record('buyer.template', { buyer: template.buyer, template: template.id })
    return 'launched'
  }

  async function withRetries(buyer: string, what: string, work: () => Promise<Launch>): Promise<Launch | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (stopped.signal.aborted) return undefined
        if (!mayPass(error) || attempt === TRIES) {
          const reason = reasonOf(error)
          journal.record('buyer.launch_failed', { buyer, what, reason })
          warn(`${buyer} cannot launch ${what}: ${reason}`)
          return undefined
        }
        await wait(clock.realMilliseconds(PAUSE_MS), undefined, { signal: stopped.signal, ref: false }).catch(() => {})
        if (stopped.signal.aborted) return undefined
      }
    }
  }

  return {
    /** Launches missing plans one after the other. Never throws for an answer of Tributary. */
    async run(): Promise<Record<string, Launch | undefined>> {
      const done: Record<string, Launch | undefined> = {}
      for (const plan of plans()) {
        const { survey_id } = plan.body
        done[survey_id] = await withRetries(plan.buyer, `its plan ${survey_id}`, () => launchOne(plan))
      }
      for (const template of templates) {
        const what = `its template ${template.id}`
        await withRetries(template.buyer, what, () => putTemplate(template))
      }
      return done
    },
    stop: () => stopped.abort(),
  }
}

/** True for errors that may pass while Tributary starts or is busy; a refused request stays refused. */
function mayPass(error: unknown): boolean {
  if (error instanceof Unreachable) return true
  return error instanceof Refused && (error.exchange.status >= 500 || error.exchange.status === 429)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Refused)) return error instanceof Error ? error.message : String(error)
  const { status, body } = error.exchange
  if (status === 401) return 'Tributary does not know its key; add it to demand_partners, or leave it'
  return `${error.message}: ${JSON.stringify(body).slice(0, 300)}`
}
