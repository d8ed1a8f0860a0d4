import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FeedItem } from './feed.js'

/** The panels' copies of their feeds on disk, because an acknowledged update is never sent again. */
export interface FeedFile {
  load(): Record<string, unknown[]>
  keep(feeds: Record<string, FeedItem[]>): void
}

/** Stores the copies in a folder, which it creates if needed. */
export function openFeedFile(folder: string): FeedFile {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'panel-feeds.json')
  return {
    load() {
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown[]>
      } catch {
        return {}
      }
    },
    keep(feeds) {
      writeFileSync(`${file}.new`, JSON.stringify(feeds))
      renameSync(`${file}.new`, file)
    },
  }
}
