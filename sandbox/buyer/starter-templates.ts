/**
 * A template that a buyer has when the sandbox starts (docs/templates.md, Managing templates; the survey in the words
 * of the PureSpectrum Buy API).
 */
export interface StarterTemplate {
  /** The buyer's id. */
  buyer: string
  id: number
  body: Readonly<Record<string, unknown>>
}

/** The PureSpectrum Buy API's codes: 211 is sex (111 male, 112 female), 212 is age, 311 are years. */
const ages = (from: number, to: number) => ({ qualification_code: 212, range_sets: [{ from, to, units: 311 }] })
const sexes = (...codes: string[]) => ({ qualification_code: 211, condition_codes: codes })
const cell = (required_count: number, criterion: object) => ({ required_count, criteria: [criterion] })

export const STARTER_TEMPLATES: readonly StarterTemplate[] = [
  {
    buyer: 'acme',
    id: 145_001,
    body: {
      folder: 'US-en',
      name: 'Sex and age, 18 to 64',
      title: 'Sandbox - United States',
      visibility: 'own',
      survey: {
        survey_title: 'A survey from a template',
        survey_category_code: 232,
        survey_localization: 'en_US',
        completes_required: 100,
        expected_ir: 70,
        expected_loi: 5,
        field_time: 14,
        qualifications: [sexes('111', '112'), ages(18, 64)],
        quotas: [
          cell(50, sexes('111')),
          cell(50, sexes('112')),
          cell(35, ages(18, 34)),
          cell(35, ages(35, 49)),
          cell(30, ages(50, 64)),
        ],
      },
    },
  },
]
