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
  /** Tells a person what could not be done. */
  warn: (line: string) => void
}

/** What became of one starter plan: launched now, there since an earlier start, or launched anew at a new address. */
export type Launch = 'launched' | 'there' | 'relaunched'

/** Tributary may start after the sandbox: so many tries, so far apart (simulated milliseconds). */
const TRIES = 120
const PAUSE_MS = 1_000

/**
 * Launches each buyer's first plans once Tributary is there. A plan is known again by the buyer's own survey id, so a
 * restart launches nothing twice; one that is closed stays closed.
 */
export function createLauncher({ buyers, plans, templates, clock, journal, onLaunched, warn }: LauncherParts) {
  const stopped = new AbortController()
  /** Plans that were launched and whose policy Tributary has not taken yet, by the buyer's survey id. */
  const owed = new Map<string, string>()

  function buyerOf({ buyer: id }: { buyer: string }): BuyerClient {
    const buyer = buyers.find(({ account }) => account.id === id)
    if (!buyer) throw new Error(`no buyer is called "${id}"`)
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
      // the sandbox listens elsewhere since: nobody can answer that plan's survey any more, and its address cannot be changed
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

  /** Puts a template where there is none of its id yet. */
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
    /** Launches what is not there yet, one after the other. Never throws for what Tributary answers. */
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

/** A Tributary that starts, or is busy, may answer otherwise in a moment; a refusal of what was asked stays one. */
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
