import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The requests to the gateway, in order: its own journal, to compare the product's tables with. */
export type GatewayEvent =
  | { readonly kind: 'poll'; readonly sent: number }
  | { readonly kind: 'ack'; readonly id: string }

/**
 * A gateway with the needed part of the Kantar Gateway API's Supply API: everything since the last acknowledgement,
 * repeated until it is acknowledged. A test can make it fail.
 */
export class FakeGateway {
  readonly journal: GatewayEvent[] = []
  acked = 0n
  /** The elements of the feed as raw JSON, by ack_id. */
  private updates: { ack: bigint; raw: string }[] = []
  /** Answers a poll instead of the feed. */
  answerPoll: ((response: ServerResponse, body: string) => void) | null = null
  /** Applies an acknowledgement, and drops its answer. */
  loseAckAnswers = 0
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeGateway> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const gateway = new FakeGateway(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    server.on('request', (request, response) => {
      if (request.url === '/surveys') gateway.poll(response)
      else if (request.url === '/surveys/ack') {
        let body = ''
        request.on('data', (chunk) => {
          body += chunk
        })
        request.on('end', () => gateway.ack(body, response))
      } else response.writeHead(404).end()
    })
    return gateway
  }

  /** Publishes elements of the feed, each as an object or as raw bytes. */
  publish(...updates: (object | string)[]): void {
    for (const update of updates) {
      const raw = typeof update === 'string' ? update : JSON.stringify(update)
      this.updates.push({ ack: BigInt(/"ack_id":\s*"?(\d+)/.exec(raw)?.[1] ?? 0), raw })
    }
  }

  get acks(): string[] {
    return this.journal.flatMap((event) => (event.kind === 'ack' ? [event.id] : []))
  }

  body(): string {
    return `[${this.pending().join(',')}]`
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private pending(): string[] {
    return this.updates.filter(({ ack }) => ack > this.acked).map(({ raw }) => raw)
  }

  private poll(response: ServerResponse): void {
    this.journal.push({ kind: 'poll', sent: this.pending().length })
    if (this.answerPoll !== null) this.answerPoll(response, this.body())
    else response.writeHead(200, { 'content-type': 'application/json' }).end(this.body())
  }

  private ack(body: string, response: ServerResponse): void {
    const id = /"ack_id":\s*(\d+)/.exec(body)?.[1] ?? '0'
    this.journal.push({ kind: 'ack', id })
    if (BigInt(id) > this.acked) this.acked = BigInt(id)
    if (this.loseAckAnswers > 0) {
      this.loseAckAnswers -= 1
      response.destroy()
    } else response.writeHead(204).end()
  }
}

/** One element of the feed (Kantar Gateway API, SurveyPlanUpdate). */
export function planUpdate(ack: number | bigint, id: string, given: Record<string, unknown> = {}): object {
  return {
    version: `1:${ack}`,
    ack_id: Number(ack),
    survey_session_creation_url: `http://127.0.0.1/panels/lifepoints/session/${id}`,
    survey_plan: {
      id,
      status: 'OPEN',
      country: 'USA',
      locale: 'en-US',
      loi: 10,
      ir: 50,
      available_completes: 100,
      pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
      qualifications: [{ question_id: 'age', qualifying_answers: ['16-40'] }],
      quotas: [],
      some_new_field: { kept: true },
      ...given,
    },
  }
}
