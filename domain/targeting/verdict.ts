/**
 * The result of a check. maybe = it may hold, but it depends on data that only the provider has: hidden qualifications,
 * a truncated list, a question that it asks itself.
 */
export type Verdict = 'yes' | 'maybe' | 'no'

const ORDER: Readonly<Record<Verdict, number>> = { no: 0, maybe: 1, yes: 2 }

/** A number that sorts verdicts: no 0, maybe 1, yes 2. */
export function strength(verdict: Verdict): number {
  return ORDER[verdict]
}

/** AND: the weakest verdict; yes for an empty list. */
export function allOf(verdicts: Iterable<Verdict>): Verdict {
  let weakest: Verdict = 'yes'
  for (const verdict of verdicts) if (ORDER[verdict] < ORDER[weakest]) weakest = verdict
  return weakest
}

/** OR: the strongest verdict; no for an empty list. */
export function anyOf(verdicts: Iterable<Verdict>): Verdict {
  let strongest: Verdict = 'no'
  for (const verdict of verdicts) if (ORDER[verdict] > ORDER[strongest]) strongest = verdict
  return strongest
}

/**
 * Hidden qualifications make a match less certain and never disqualify (Kantar Gateway API,
 * additional_qualification_count).
 */
export function loweredBy(hiddenQualifications: number, verdict: Verdict): Verdict {
  return hiddenQualifications > 0 && verdict === 'yes' ? 'maybe' : verdict
}
