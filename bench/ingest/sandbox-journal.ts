/** One entry of the sandbox's journal: what the simulated gateway saw, by its own clock. */
export interface JournalEntry {
  readonly seq: number
  readonly at: string
  readonly kind: string
  readonly details: Readonly<Record<string, unknown>>
}

/** As fetch, with one retry when the server has just closed the pooled connection. */
export async function patientFetch(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch {
    return fetch(url, init)
  }
}

/** Reads the sandbox's journal over HTTP, and sets its fault switches. */
export class SandboxJournal {
  constructor(private readonly sandboxUrl: string) {}

  async entries(kind: string): Promise<JournalEntry[]> {
    const answer = await patientFetch(`${this.sandboxUrl}/_sandbox/journal?kind=${kind}&limit=100000`)
    return ((await answer.json()) as { entries: JournalEntry[] }).entries
  }

  /** Waits until there are `count` entries of a kind. @throws Error after `withinMs` */
  async wait(kind: string, count: number, withinMs: number): Promise<JournalEntry[]> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const entries = await this.entries(kind).catch(() => [])
      if (entries.length >= count) return entries
      if (Date.now() > deadline)
        throw new Error(`the sandbox saw ${entries.length} of ${count} ${kind} in ${withinMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Makes the gateway refuse acknowledgements, so it sends the whole page again. Waits for the sandbox to start. */
  async refuseAcknowledgements(count: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const answer = await fetch(`${this.sandboxUrl}/_sandbox/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ 'kantar.ack': { status: 503, count } }),
      }).catch(() => null)
      if (answer?.ok) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** Milliseconds between two entries. */
export const between = (from: JournalEntry, to: JournalEntry): number => Date.parse(to.at) - Date.parse(from.at)
