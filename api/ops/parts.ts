import { readHeardParts } from '../../db/read-models/heard-parts.js'
import { seconds, WORKER_SILENT_MS } from '../../domain/heard.js'
import type { PartView } from '../../web/ops/ops-view.js'
import type { ApiDependencies } from '../dependencies.js'
import { janitorStanding, queuesOf, workersStanding } from '../parts.js'
import { temporalAnswers } from '../public/health.js'

/** What works for the API without being asked, as it was heard of; PostgreSQL answers, or there is no page. */
export async function partsStanding(deps: ApiDependencies): Promise<PartView[]> {
  const [heard, temporal] = await Promise.all([readHeardParts(deps.knex), temporalAnswers(deps)])
  const workers = workersStanding(heard, queuesOf(deps))
  const janitor = janitorStanding(heard)
  // another one may serve its queues, and it may have been stopped: its row is forgotten ten minutes later
  const quiet = heard.workers.filter(({ silentMs }) => silentMs > WORKER_SILENT_MS)
  const alone = quiet.map(({ process, silentMs }) => `${process} for ${seconds(silentMs)}`).join(', ')
  return [
    {
      name: 'Temporal',
      ok: temporal,
      detail: temporal ? null : 'does not answer: see its log; nothing is lost meanwhile',
    },
    {
      name: 'Workers',
      ok: workers.ok && quiet.length === 0,
      detail: workers.ok
        ? quiet.length === 0
          ? null
          : `every queue is served, but processes are silent: ${alone}`
        : `${workers.detail}: start one, or see why it hangs (docs/runbook.md, "Silent")`,
    },
    matchingIndex(deps),
    {
      name: 'Janitor',
      ok: janitor.ok,
      detail: janitor.ok ? null : `${janitor.detail}: it needs Temporal and a worker that serves sessions`,
    },
  ]
}

/** Whether the index of this process answered as the rules do, as far as its matches were checked. */
function matchingIndex({ checks }: Pick<ApiDependencies, 'checks'>): PartView {
  const { different, latest } = checks.counts()
  const seen = latest === null ? '' : `, the last at ${latest.surveyId} by the rule ${latest.rule}`
  return {
    name: 'Matching index',
    ok: different === 0,
    detail:
      different === 0
        ? null
        : `${different} checked matches differ from the rules${seen}: restart this API process; see docs/runbook.md, "The index differs from the rules"`,
  }
}
