/** A targeting attribute as the gateway documents it (Kantar Gateway API, TargetingAttribute). */
export type TargetingAttribute = {
  id: string
  text: string
  /** Countries (alpha-3) that know the question; absent: all of them. */
  supported_countries?: readonly string[]
} & (
  | { answer_type: 'range'; range_limits: { start: number; end: number } }
  | { answer_type: 'single_choice' | 'multi_punch'; answers: readonly AttributeAnswer[] }
)

export interface AttributeAnswer {
  id: string
  text: string
  /** An answer that excludes all others. */
  exclusive_multi_punch_answer?: boolean
}

/**
 * The simulated gateway's questions: exactly those that the Kantar Gateway API shows, with its ids (TargetingAttribute,
 * examples).
 */
export const TARGETING_ATTRIBUTES: readonly TargetingAttribute[] = [
  { id: 'age', text: 'What is your age?', answer_type: 'range', range_limits: { start: 16, end: 100 } },
  {
    id: 'sex',
    text: 'What do you most closely identify as?',
    answer_type: 'single_choice',
    supported_countries: ['USA', 'GBR'],
    answers: [
      { id: 'male', text: 'Male' },
      { id: 'female', text: 'Female' },
    ],
  },
  {
    id: 'pets',
    text: 'What pets/animals do you keep?',
    answer_type: 'multi_punch',
    supported_countries: ['USA'],
    answers: [
      { id: '2', text: 'Dog(s)', exclusive_multi_punch_answer: false },
      { id: '10', text: 'Fish', exclusive_multi_punch_answer: false },
      { id: '7', text: 'Bird(s)', exclusive_multi_punch_answer: false },
      { id: '9', text: 'Horse(s)', exclusive_multi_punch_answer: false },
      { id: '5', text: "I don't have pets", exclusive_multi_punch_answer: true },
      { id: 'none', text: 'n/a', exclusive_multi_punch_answer: false },
      { id: '1', text: 'Cat(s)', exclusive_multi_punch_answer: false },
      { id: '8', text: 'Reptile(s)', exclusive_multi_punch_answer: false },
      { id: '4', text: 'Other(s)', exclusive_multi_punch_answer: false },
      { id: '11', text: 'Prefer not to say', exclusive_multi_punch_answer: true },
    ],
  },
]

/** The question with this id, in any country. */
export function findAttribute(id: string): TargetingAttribute | undefined {
  return TARGETING_ATTRIBUTES.find((attribute) => attribute.id === id)
}

/** Whether the question is asked in a country (alpha-3). */
export function isAskedIn(attribute: TargetingAttribute, country: string): boolean {
  return attribute.supported_countries?.includes(country) ?? true
}
