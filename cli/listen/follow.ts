import type { Knex } from '../../db/connect.js'
import {
  databaseTime,
  type MessageCursor,
  type PostbackMessage,
  readPostbackMessages,
} from '../../db/read-models/postback-messages.js'

const PAGE = 100
/** A message carries the start time of its transaction; after this time the transaction has been committed. */
const OVERLAP_MS = 60_000

/** Passes on each message to a panel once, from a given time on. Keeps only the ids of the last minute. */
export class MessageFollower {
  #since: string
  #seen = new Set<string>()

  private constructor(
    private readonly knex: Knex,
    private readonly panel: string,
    since: string,
  ) {
    this.#since = since
  }

  /** @param sinceMs also passes on the messages of this many milliseconds before now */
  static async start(knex: Knex, panel: string, sinceMs: number): Promise<MessageFollower> {
    return new MessageFollower(knex, panel, await databaseTime(knex, sinceMs))
  }

  /** Passes all new messages to `take`, in order. The next call repeats a message for which `take` failed. */
  async look(take: (message: PostbackMessage) => Promise<void>): Promise<void> {
    const next = later(await databaseTime(this.knex, OVERLAP_MS), this.#since)
    const kept = new Set<string>()
    let after: MessageCursor = null
    for (;;) {
      const page = await readPostbackMessages(this.knex, { panel: this.panel, since: this.#since, after, limit: PAGE })
      for (const message of page) {
        if (!this.#seen.has(message.postbackId)) {
          await take(message)
          this.#seen.add(message.postbackId)
        }
        if (message.createdAt >= next) kept.add(message.postbackId)
      }
      after = page.at(-1) ?? null
      if (page.length < PAGE) break
    }
    this.#since = next
    this.#seen = kept
  }
}

/** PostgreSQL's texts of times in one zone sort in the order of the times. */
const later = (one: string, other: string): string => (one > other ? one : other)
