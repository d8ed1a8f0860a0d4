import { money } from '../../domain/money.js'
import type { Survey } from '../../domain/survey.js'

/** A plain open survey for tests: 1.50 USD, United States, no conditions; give what matters to the test. */
export function aSurvey(given: Partial<Survey> = {}): Survey {
  return {
    providerSurveyId: 'plan-1',
    status: 'open',
    country: 'USA',
    locale: 'en-US',
    loiMinutes: 10,
    irPercent: 50,
    conversionPercent: null,
    price: money(150, 'USD'),
    availableCompletes: 100,
    devices: null,
    finishAt: null,
    groupId: null,
    projectId: null,
    resumeAllowed: false,
    clauses: [],
    quotas: [],
    additionalQualifications: 0,
    fullQuotaTerminates: false,
    entry: { url: 'https://router.example/panels/p/session/t' },
    enterable: true,
    ...given,
  }
}
