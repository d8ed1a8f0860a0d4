import type { PlanOfSurvey } from '../../commands/buyer-surveys/apply-to-plan.js'
import { countryOf, planOf } from '../../domain/template/launch.js'
import { adapterOf } from '../../providers/adapters.js'
import type { ApiDependencies } from '../dependencies.js'
import { launchTerms } from './launch-terms.js'

/** Makes the plan of a launched survey. Throws BuyerError 400, which names every setting that is missing or wrong. */
export function planOfSurvey(deps: Pick<ApiDependencies, 'config'>): PlanOfSurvey {
  return (psSurveyId, survey, launchedAt) =>
    planOf(
      survey,
      { ...launchTerms(survey, deps), psSurveyId, launchedAt },
      {
        vocabulary: adapterOf('purespectrum').vocabulary,
        questions: deps.config.targetingAttributes,
        country: countryOf(survey.localization),
      },
    )
}
