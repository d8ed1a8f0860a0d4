import type { Knex } from '../../db/connect.js'
import {
  databaseTime,
  type MessageCursor,
  type PostbackMessage,
  readPostbackMessages,
} from '../../db/read-models/postback-messages.js'

const PAGE = 100
/** A message carries the time at which its transaction began; so long after it, it has been committed. */
const OVERLAP_MS = 60_000

/** Gives each message to a panel once, from a time on; a look at a time. Keeps the ids of the last minute alone. */
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

  /** @param sinceMs messages of so many milliseconds before are given too */
  static async start(knex: Knex, panel: string, sinceMs: number): Promise<MessageFollower> {
    return new MessageFollower(knex, panel, await databaseTime(knex, sinceMs))
  }

  /** Gives everything that is new, in its order. What `take` has not taken is given again by the next look. */
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

/** PostgreSQL writes times of one zone so that their texts sort as they do. */
const later = (one: string, other: string): string => (one > other ? one : other)
