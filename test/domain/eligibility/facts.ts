import { type ConnectionFacts, type Facts, NO_FIGURES, NOBODY } from '../../../domain/eligibility/facts.js'
import type { Survey } from '../../../domain/survey.js'
import { NOON } from '../targeting/surveys.js'

export const KANTAR: ConnectionFacts = {
  id: 'kantar-us',
  usable: true,
  status: 'ok',
  running: true,
  fresh: true,
  caps: null,
}

/** The facts of a match by somebody in the USA of whom nothing is known, but for what a test says. */
export function matchOf(survey: Survey, changes: Partial<Facts> = {}): Facts {
  return {
    surveyId: 'sv_1',
    survey,
    status: survey.status,
    connection: KANTAR,
    panel: null,
    panelist: NOBODY,
    circumstances: { country: 'USA', locale: null, device: null },
    profile: new Map(),
    figures: NO_FIGURES,
    plan: null,
    quota: { kind: 'best' },
    now: NOON,
    ...changes,
  }
}
