import { readHeardParts } from '../../db/read-models/heard-parts.js'
import { seconds, WORKER_SILENT_MS } from '../../domain/heard.js'
import type { PartView } from '../../web/ops/ops-view.js'
import type { ApiDependencies } from '../dependencies.js'
import { janitorStanding, queuesOf, workersStanding } from '../parts.js'
import { temporalAnswers } from '../public/health.js'

/** The state of the background parts, by their heartbeats. Needs PostgreSQL, as the whole page does. */
export async function partsStanding(deps: ApiDependencies): Promise<PartView[]> {
  const [heard, temporal] = await Promise.all([readHeardParts(deps.knex), temporalAnswers(deps)])
  const workers = workersStanding(heard, queuesOf(deps))
  const janitor = janitorStanding(heard)
  // another worker may serve its queues, or an operator stopped it: its row is removed ten minutes later
  const quiet = heard.workers.filter(({ silentMs }) => silentMs > WORKER_SILENT_MS)
  const alone = quiet.map(({ process, silentMs }) => `${process} for ${seconds(silentMs)}`).join(', ')
  return [
    {
      name: 'Temporal',
      ok: temporal,
      detail: temporal ? null : 'does not answer: see its log; no data are lost meanwhile',
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

/** Reports whether the checked matches of this process's index agree with the rules. */
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
