import type { CatalogueOffer } from '../../../catalogue/offers.js'
import type { OwnSurvey } from '../../../db/rows/panelist-match.js'
import {
  conversionEstimate,
  expectedPerMinute,
  explainRank,
  type OwnOutcomes,
  rankScore,
} from '../../../domain/ranking.js'
import { rewardFor } from '../../../domain/reward.js'
import type { PanelConfig } from '../../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../../dependencies.js'
import type { LiveAnswers, LiveConnection } from '../../live/live-matches.js'
import type { PartnerOffer } from '../schemas.js'

/**
 * Converts a survey that its provider matched to this panelist into the form of the catalogue's offers, so that both
 * are sorted together.
 * @param outcomes the outcomes of our own sessions in it
 */
export function liveOffer(
  { surveyId, survey }: OwnSurvey,
  connection: LiveConnection,
  outcomes: OwnOutcomes | null,
): CatalogueOffer {
  const conversion = conversionEstimate(survey, outcomes)
  const { price, loiMinutes, assumed = [] } = survey
  const guesses = assumed.map((figure) => (figure === 'loi' ? `LOI ${loiMinutes}` : `IR ${survey.irPercent} %`))
  return {
    surveyId,
    connection: connection.id,
    provider: connection.provider,
    providerSurveyId: survey.providerSurveyId,
    groupId: null,
    quotaId: null,
    match: 'yes',
    price,
    loiMinutes,
    irPercent: survey.irPercent,
    conversionPercent: survey.conversionPercent,
    expectedConversionPercent: conversion,
    score: rankScore('yes', expectedPerMinute(price, conversion, loiMinutes)),
    why: [
      explainRank(price, conversion, loiMinutes),
      `${connection.id} matched it to this panelist`,
      ...(guesses.length > 0 ? [`low confidence: ${guesses.join(' and ')} where the provider knows no figure`] : []),
    ],
  }
}

/** The partner offers in the same answers: listed separately, booked like a survey. */
export function partnerOffers(
  deps: Pick<ApiDependencies, 'offers'>,
  panel: PanelConfig,
  panelistId: string,
  { answers, circumstances }: LiveAnswers,
  taken: ReadonlySet<string>,
  expiresAt: Date,
): PartnerOffer[] {
  return answers.flatMap(({ connection, match }) =>
    (match?.offers ?? [])
      .filter(({ surveyId }) => !taken.has(surveyId))
      .map(({ surveyId, survey, ...shown }): PartnerOffer => {
        const { price } = survey
        const terms = { panel: panel.id, surveyId, quotaId: null, price, expiresAt, circumstances }
        return {
          offer_id: deps.offers.issue(terms, panelistId),
          survey_id: surveyId,
          connection: connection.id,
          provider: connection.provider,
          headline: shown.headline,
          requirements: shown.requirements,
          free: shown.free,
          credit_card_required: shown.creditCardRequired,
          tags: [...shown.tags],
          cpi: { amount_minor: Number(price.amountMinor), currency: price.currency },
          reward: rewardFor(price, panel.reward),
          expires_at: expiresAt.toISOString(),
        }
      }),
  )
}
