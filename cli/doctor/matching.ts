import { type Finding, fault, ok } from './finding.js'

/** Limit for one request to the API. */
const PATIENCE_MS = 3_000
const CHECKS = /^tributary_eligibility_checks_total\{result="(same|different)"\} (\d+)$/gm

/**
 * Checks that the sampled matches of the API agree with the rules, by the counters of its `/metrics` (docs/runbook.md, "The
 * index differs from the rules"). Other findings report an API that does not answer.
 * @param publicAddress the last address that the API stored; null = it was never started
 */
export async function checkMatching(publicAddress: string | null): Promise<Finding[]> {
  const text = publicAddress === null ? null : await metricsOf(publicAddress)
  return text === null ? [] : matchingFindings(text)
}

/** @param text a page of metrics as Prometheus reads it */
export function matchingFindings(text: string): Finding[] {
  const counts = new Map([...text.matchAll(CHECKS)].map(([, result, count]) => [result, Number(count)]))
  const { same, different } = { same: counts.get('same'), different: counts.get('different') }
  if (same === undefined || different === undefined) return []
  if (different === 0) return [ok('matching index', `${same} sampled matches were what the rules say`)]
  const wayOut = 'restart the API; see docs/runbook.md, "The index differs from the rules"'
  return [fault('matching index', `${different} of ${same + different} sampled matches differ from the rules`, wayOut)]
}

async function metricsOf(publicAddress: string): Promise<string | null> {
  try {
    const answer = await fetch(`${publicAddress}/metrics`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return answer.ok ? await answer.text() : null
  } catch {
    return null
  }
}
