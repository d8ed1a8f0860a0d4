import type { Survey } from '../../domain/survey.js'
import type { SurveyJson } from '../stores/survey-json.js'

/** Whose result it is, in which circumstances. */
export interface MatchKey {
  readonly connection: string
  readonly panelistKey: string
  readonly circumstances: string
}

/** A survey that one panelist alone was offered. */
export interface OwnSurvey {
  readonly surveyId: string
  readonly survey: Survey
}

/** A partner offer, as it is kept: what is shown beside the survey which it is booked as. */
export interface OwnPartnerOffer extends OwnSurvey {
  readonly headline: string
  readonly requirements: string
  readonly free: boolean | null
  readonly creditCardRequired: boolean | null
  readonly tags: readonly string[]
}

/** A partner offer as the column `panelist_matches.offers` holds it, by survey id. */
export type PartnerOfferJson = Omit<OwnPartnerOffer, 'surveyId' | 'survey'> & { readonly survey: SurveyJson }
