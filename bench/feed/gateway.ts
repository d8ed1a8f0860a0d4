import { inParallel } from '../support/figures.js'

const BUYER_KEY = 'dk_bench'
const ATTEMPTS = 10
const panelKey = (index: number): string => `tk_bench_${index}`

/** The configuration of a gateway with one buyer and many panels. */
export function configuration(panels: number): string {
  const lines = Array.from(
    { length: panels },
    (_, index) =>
      `  - { id: panel-${index}, api_key: "${panelKey(index)}", markets: { USA: { locales: [en-US], currency: USD } }, redirects: { default: "http://127.0.0.1:9/done" } }`,
  )
  return `egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
operators: [{ id: ops, api_key: "ok_bench", roles: [ops] }]
demand_partners: [{ id: bench, api_key: "${BUYER_KEY}" }]
survey_platforms: [{ id: BENCH, api_key: "pk_bench" }]
panels:
${lines.join('\n')}
connections: []
`
}

/** A survey plan as its buyer knows it. */
export interface BuyersPlan {
  readonly id: string
  /** Panels, by number. */
  readonly targets: readonly number[]
  status: 'OPEN' | 'PAUSED'
}

/** The buyer: launches plans, each for some of the panels, and changes them. A tag identifies a plan in the feed. */
export class Buyer {
  readonly plans: BuyersPlan[] = []

  constructor(private readonly url: string) {}

  async launch(count: number, panels: number, panelsPerPlan: number): Promise<void> {
    await inParallel(count, 16, async (index) => {
      const targets = Array.from({ length: panelsPerPlan }, (_, nth) => (index * 7 + nth) % panels)
      const { id } = (await this.#send('POST', '/survey-plan', {
        ...PLAN,
        survey_id: `bench-${index}`,
        tags: [tagOf(index)],
        target_panels: targets.map((panel) => ({ name: `panel-${panel}` })),
      })) as { id: string }
      this.plans[index] = { id, targets, status: 'OPEN' }
    })
  }

  /** Pauses an open plan, or opens a paused one. */
  async turn(index: number): Promise<void> {
    const plan = this.plans[index]
    if (plan === undefined) throw new Error(`plan ${index} not found`)
    const status = plan.status === 'OPEN' ? 'PAUSED' : 'OPEN'
    plan.status = status
    await this.#send('PATCH', `/survey-plans/${plan.id}`, { status })
  }

  /** Retries after a 503, which a busy machine answers. */
  async #send(method: string, path: string, body: object): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(`${this.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-api-key': BUYER_KEY },
        body: JSON.stringify(body),
      })
      if (answer.ok) return answer.json()
      const text = await answer.text()
      if (answer.status !== 503 || attempt === ATTEMPTS) {
        throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

const tagOf = (index: number): string => `bench-${index}`
const indexOf = (tag: string | undefined): number => Number(tag?.slice('bench-'.length))

interface Update {
  readonly ack_id: number
  readonly survey_plan: { readonly tags?: readonly string[]; readonly status: string }
}

/** A panel as in the Kantar Gateway API: polls, processes the answer, acknowledges. */
export class Panel {
  /** Plan -> status, as received from the feed. */
  readonly plans = new Map<number, string>()

  constructor(
    private readonly url: string,
    private readonly index: number,
  ) {}

  /** @returns the time to the last byte of the answer, its number of updates and of bytes */
  async poll(): Promise<{ ms: number; updates: number; bytes: number }> {
    const key = { 'x-api-key': panelKey(this.index) }
    const started = performance.now()
    const answer = await fetch(`${this.url}/surveys`, { headers: key })
    const text = await answer.text()
    const ms = performance.now() - started
    if (!answer.ok) throw new Error(`the feed answered ${answer.status}: ${text}`)
    const updates = JSON.parse(text) as Update[]
    for (const { survey_plan: plan } of updates) this.plans.set(indexOf(plan.tags?.[0]), plan.status)
    const last = updates.at(-1)
    if (last !== undefined) {
      const acked = await fetch(`${this.url}/surveys/ack`, {
        method: 'POST',
        headers: { ...key, 'content-type': 'application/json' },
        body: JSON.stringify({ ack_id: last.ack_id }),
      })
      if (acked.status !== 204) throw new Error(`an acknowledgement answered ${acked.status}: ${await acked.text()}`)
    }
    return { ms, updates: updates.length, bytes: text.length }
  }
}

/** About the size of the document's example. */
const PLAN = {
  categories: ['pets', 'wildlife conservation'],
  country: 'USA',
  locale: 'en-US',
  survey_url: 'https://survey-platform.example/survey/e9790abf',
  type: 'interview',
  estimated_loi: 5,
  estimated_cr: 25,
  estimated_ir: 80,
  target_completes: 30,
  survey_platform: 'BENCH',
  pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
  additional_qualification_count: 3,
  quotas: [16, 22, 31].map((start, index) => ({
    id: `quota-${index}`,
    qualifications: [{ question_id: 'age', qualifying_answers: [{ start, end: start + 5 }] }],
    target_completes: 10,
  })),
  qualifications: [{ question_id: 'age', qualifying_answers: [{ start: 16, end: 40 }] }],
  resume_allowed: false,
  group_id: 'group-id',
  contact_emails: ['email_one@email.com'],
  device_requirements: ['desktop', 'mobile'],
}
