/**
 * Three answers, not two. Maybe = it may well hold, but the provider knows something we do not: hidden
 * qualifications, a list it cut short, a question it will ask itself.
 */
export type Verdict = 'yes' | 'maybe' | 'no'

const ORDER: Readonly<Record<Verdict, number>> = { no: 0, maybe: 1, yes: 2 }

/** A number that sorts verdicts: no 0, maybe 1, yes 2. */
export function strength(verdict: Verdict): number {
  return ORDER[verdict]
}

/** AND: as weak as the weakest; yes when there is nothing to hold. */
export function allOf(verdicts: Iterable<Verdict>): Verdict {
  let weakest: Verdict = 'yes'
  for (const verdict of verdicts) if (ORDER[verdict] < ORDER[weakest]) weakest = verdict
  return weakest
}

/** OR: as strong as the strongest; no when there is nothing that could hold. */
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
