import {
  type ConnectionFacts,
  type Facts,
  NOBODY,
  type PanelFacts,
  type PanelistFacts,
} from '../domain/eligibility/facts.js'
import type { ConnectionStanding } from './connections.js'
import type { IndexedSurvey } from './entry.js'

/** The configuration of a panel at a connection. */
export type ConnectionTerms = Pick<ConnectionFacts, 'usable' | 'caps'>

/** A connection that any panel may use, without caps. */
export const ANY_PANEL: ConnectionTerms = { usable: true, caps: null }

/** The current facts of a connection, for a decision. */
export function connectionFacts({ id, status, offered }: ConnectionStanding, terms: ConnectionTerms): ConnectionFacts {
  const running = status !== 'paused'
  return { id, status, running, fresh: offered || !running, ...terms }
}

/** The facts of the panelist, panel and connection, without the survey. */
export interface Asking extends Pick<Facts, 'panel' | 'panelist' | 'circumstances' | 'profile' | 'now'> {
  readonly connection: ConnectionFacts
}

/** The facts of a match: takes the best quota and treats our own plan like any other survey. */
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

/** What a match knows of the panelist. */
export interface KnownPanelist extends Partial<Pick<PanelistFacts, 'taken' | 'past' | 'invitations'>> {
  readonly excludedSurveys: ReadonlySet<string>
}

/** The panelist's part of the facts of a match. The caller has already checked the rules about connections. */
export function panelistFacts({ excludedSurveys, taken, past, invitations }: KnownPanelist): PanelistFacts {
  return {
    ...NOBODY,
    completed: excludedSurveys,
    ...(taken === undefined ? {} : { taken }),
    ...(past === undefined ? {} : { past }),
    ...(invitations === undefined ? {} : { invitations }),
  }
}

/** The panel, panelist and terms of an explanation. */
export interface Asker {
  readonly panel: PanelFacts
  readonly panelist: PanelistFacts
  readonly terms: ConnectionTerms
}
