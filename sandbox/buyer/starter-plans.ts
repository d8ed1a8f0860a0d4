/** A plan that a buyer launches when the sandbox starts, as it is posted (Kantar Gateway API, SurveyPlan). */
export interface StarterPlan {
  /** The buyer's id. */
  buyer: string
  body: Readonly<Record<string, unknown>> & { survey_id: string; survey_url: string }
  /** The policy to set after the launch [none]. */
  policy?: Readonly<Record<string, unknown>>
}

const age = (start: number, end: number) => ({ question_id: 'age', qualifying_answers: [{ start, end }] })
const sex = (answer: 'female' | 'male') => ({ question_id: 'sex', qualifying_answers: [answer] })
const quota = (id: string, target: number, ...qualifications: object[]) => ({
  id,
  qualifications,
  target_completes: target,
})

/**
 * The plans of a new installation: small enough to show progress, and one for each way in which a survey platform
 * reports outcomes.
 * @param platformUrl the sandbox's own survey platform, e.g. `http://127.0.0.1:8090/survey-platform`
 */
export function starterPlans(platformUrl: string): StarterPlan[] {
  return [
    {
      buyer: 'acme',
      body: {
        survey_id: 'acme-snacks',
        categories: ['food'],
        country: 'USA',
        locale: 'en-US',
        type: 'interview',
        survey_url: `${platformUrl}/surveys/snacks`,
        survey_platform: 'DECIPHER',
        // a high price, so that panelists of the demo find it among their first offers
        estimated_loi: 4,
        estimated_cr: 75,
        estimated_ir: 80,
        target_completes: 40,
        target_panels: [{ name: 'lifepoints' }, { name: 'toplife' }],
        pricing: { cpi: 450, unit: 'fractional', currency: 'USD' },
        qualifications: [age(16, 75)],
        quotas: [
          quota('women-16-34', 12, sex('female'), age(16, 34)),
          quota('women-35-75', 10, sex('female'), age(35, 75)),
          quota('men-16-34', 8, sex('male'), age(16, 34)),
          quota('men-35-75', 10, sex('male'), age(35, 75)),
        ],
        resume_allowed: true,
      },
      policy: { overage: 2, flexibility_percent: 50, allocations: { lifepoints: 20, toplife: 10 } },
    },
    {
      buyer: 'acme',
      body: {
        survey_id: 'acme-streaming',
        categories: ['television'],
        country: 'GBR',
        locale: 'en-GB',
        type: 'interview',
        survey_url: `${platformUrl}/linked/streaming?respondent=((SESSION_ID))&panelist=((PANELIST_ID))`,
        survey_platform: 'NON_INTEGRATED_SURVEY_PLATFORM',
        estimated_loi: 5,
        estimated_cr: 70,
        estimated_ir: 70,
        target_completes: 20,
        target_panels: [{ name: 'lifepoints' }, { name: 'toplife' }],
        pricing: { cpi: 4, unit: 'main', currency: 'GBP' },
        qualifications: [age(18, 64)],
        quotas: [quota('women', 10, sex('female')), quota('men', 10, sex('male'))],
      },
      // its platform reports only by browser: without this its completes would stay provisional
      policy: { accept_unsigned: true },
    },
    {
      buyer: 'globex',
      body: {
        survey_id: 'globex-commuting',
        categories: ['transport'],
        country: 'USA',
        locale: 'en-US',
        type: 'tracker',
        survey_url: `${platformUrl}/surveys/commuting`,
        survey_platform: 'Decipher',
        estimated_loi: 4,
        estimated_cr: 70,
        estimated_ir: 90,
        target_completes: 15,
        target_panels: [{ name: 'lifepoints' }],
        pricing: { cpi: 95, unit: 'fractional', currency: 'USD' },
        qualifications: [],
        quotas: [],
      },
    },
  ]
}
