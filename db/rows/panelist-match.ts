import type { Survey } from '../../domain/survey.js'
import type { SurveyJson } from '../stores/survey-json.js'

/** The key of a panelist's matches: connection, panelist and circumstances. */
export interface MatchKey {
  readonly connection: string
  readonly panelistKey: string
  readonly circumstances: string
}

/** A survey that is offered to one panelist only. */
export interface OwnSurvey {
  readonly surveyId: string
  readonly survey: Survey
}

/** A stored partner offer: the texts to show, and the survey that it is booked as. */
export interface OwnPartnerOffer extends OwnSurvey {
  readonly headline: string
  readonly requirements: string
  readonly free: boolean | null
  readonly creditCardRequired: boolean | null
  readonly tags: readonly string[]
}

/** A partner offer as the column `panelist_matches.offers` holds it, by survey id. */
export type PartnerOfferJson = Omit<OwnPartnerOffer, 'surveyId' | 'survey'> & { readonly survey: SurveyJson }
