import {
  type ConnectionFacts,
  type Facts,
  NOBODY,
  type PanelFacts,
  type PanelistFacts,
} from '../domain/eligibility/facts.js'
import type { ConnectionStanding } from './connections.js'
import type { IndexedSurvey } from './entry.js'

/** What configuration says of a panel and a connection. */
export type ConnectionTerms = Pick<ConnectionFacts, 'usable' | 'caps'>

/** A connection that any panel may use, without caps. */
export const ANY_PANEL: ConnectionTerms = { usable: true, caps: null }

/** A connection as it stands, for a decision. */
export function connectionFacts({ id, status, offered }: ConnectionStanding, terms: ConnectionTerms): ConnectionFacts {
  const running = status !== 'paused'
  return { id, status, running, fresh: offered || !running, ...terms }
}

/** Who asks for a survey, beside the survey itself. */
export interface Asking extends Pick<Facts, 'panel' | 'panelist' | 'circumstances' | 'profile' | 'now'> {
  readonly connection: ConnectionFacts
}

/** The facts of a match: the best quota is wanted, and a plan of our own is one survey among others. */
export function matchFacts({ entry, figures, conversionPercent }: IndexedSurvey, asking: Asking): Facts {
  const { surveyId, survey, status } = entry
  return {
    ...asking,
    surveyId,
    survey,
    status,
    figures: { inFlight: figures.inFlight, conversionPercent },
    plan: null,
    quota: { kind: 'best' },
  }
}

/** What is known of the panelist who asks, as a match takes it. */
export interface KnownPanelist extends Partial<Pick<PanelistFacts, 'taken' | 'past' | 'invitations'>> {
  readonly excludedSurveys: ReadonlySet<string>
}

/** The panelist's part of the facts of a match: what concerns connections was decided before. */
export function panelistFacts({ excludedSurveys, taken, past, invitations }: KnownPanelist): PanelistFacts {
  return {
    ...NOBODY,
    completed: excludedSurveys,
    ...(taken === undefined ? {} : { taken }),
    ...(past === undefined ? {} : { past }),
    ...(invitations === undefined ? {} : { invitations }),
  }
}

/** Who asks for an explanation. */
export interface Asker {
  readonly panel: PanelFacts
  readonly panelist: PanelistFacts
  readonly terms: ConnectionTerms
}
