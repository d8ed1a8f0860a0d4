import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { RefreshResult } from '../activities/matching.js'
import { searchAttribute } from '../domain/visibility.js'
import { askAbout, type RefreshEnd, type RefreshInput } from './messages/panelist.js'
import { panelistMatches, refreshRecords } from './proxies.js'

/** The update that starts a refresh is in the first workflow task; a start without one has nothing to do. */
const PATIENCE = '30s'

/**
 * Requests a panelist's surveys from a provider that matches on its side: ask, store, end. The match that started it
 * waits for its update under a deadline of its own; a late result is still stored and answers the next match. Its id is
 * `panelist:<connection>:<keyed hash>`.
 */
export async function refreshPanelist(input: RefreshInput): Promise<void> {
  const waiting: string[] = []
  const ended = new Map<string, RefreshEnd>()
  const lines: string[] = []

  const { refreshPanelistMatch } = panelistMatches(input.connection)
  const { forgetRefresh } = refreshRecords()

  setHandler(
    askAbout,
    async (refreshId) => {
      if (!ended.has(refreshId) && !waiting.includes(refreshId)) waiting.push(refreshId)
      await condition(() => ended.has(refreshId))
      return ended.get(refreshId) ?? { state: 'failed' }
    },
    { description: 'Sends one stored question and answers once its result is stored' },
  )

  await condition(() => waiting.length > 0, PATIENCE)
  for (let refreshId = waiting[0]; refreshId !== undefined; refreshId = waiting[0]) {
    ended.set(refreshId, await ask(refreshId))
    waiting.shift()
  }
  await condition(allHandlersFinished)
  const failed = [...ended.values()].some(({ state }) => state === 'failed')
  upsertSearchAttributes([{ key: searchAttribute('TributaryState'), value: failed ? 'degraded' : 'healthy' }])

  async function ask(refreshId: string): Promise<RefreshEnd> {
    try {
      const result = await refreshPanelistMatch(refreshId)
      show(inWords(result))
      return { state: 'stored' }
    } catch (error) {
      const failure = typeOf(error)
      await forgetRefresh(refreshId)
      show(`failed: ${failure}`)
      return { state: 'failed', failure }
    }
  }

  function show(line: string): void {
    lines.push(line)
    setCurrentDetails(lines.join('\n\n'))
  }
}

function inWords({ surveys, offers, unpriced, unreadable, notice }: RefreshResult): string {
  const left = [
    ...(unpriced > 0 ? [`${unpriced} without a price`] : []),
    ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
  ]
  const apart = left.length > 0 ? `, left out: ${left.join(', ')}` : ''
  return `**${surveys} surveys**${offers > 0 ? `, ${offers} partner offers` : ''}${apart}${notice === null ? '' : ` · ${notice}`}`
}

function typeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof ApplicationFailure) return cause.type ?? 'Error'
  return cause instanceof Error ? cause.name : 'Error'
}
