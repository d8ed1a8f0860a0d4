import { button } from '../../../web/kit/form.js'
import { type Html, html } from '../../../web/kit/html.js'
import { tag } from '../../../web/kit/tag.js'
import type { PlanView } from '../../buyer/answers.js'
import { digitsOf } from '../../currency-digits.js'
import { moneyText } from '../parts.js'

/** Breadcrumbs: the demo, the buyer, and the plan. */
export function buyerCrumbs(buyer: string, plan?: { id: string; name: string }): Html {
  return html`<nav class="soft" aria-label="Where you are"><a href="/demo">Demo panel app</a> · <a href="${buyerPath(buyer)}">Buyer ${buyer}</a>${
    plan && html` · <a href="${planPath(buyer, plan.id)}">${plan.name}</a>`
  }</nav>`
}

export const buyerPath = (buyer: string): string => `/demo/buyer/${encodeURIComponent(buyer)}`
export const planPath = (buyer: string, id: string): string => `${buyerPath(buyer)}/plans/${encodeURIComponent(id)}`

/** The buyer's name of the plan's survey; Tributary's id if it is absent. */
export const nameOf = ({ survey_plan: plan }: PlanView): string => plan.survey_id ?? plan.id

/** A plan's or a quota's status. */
export const statusTag = (status: string): Html =>
  tag(status, status === 'OPEN' ? 'good' : status === 'CLOSED' ? 'soft' : 'bad')

/**
 * A price as the buyer wrote it: 150 fractional USD and 2 main USD are $1.50 and $2.00 (Kantar Gateway API, Pricing).
 */
export function priceText({ cpi, unit, currency }: PlanView['survey_plan']['pricing'], count = 1): string {
  return moneyText({
    amount_minor: Math.round(cpi * count * (unit === 'main' ? 10 ** digitsOf(currency) : 1)),
    currency,
  })
}

/** The qualifications of a plan or a quota, in a line. */
export function wantedText(qualifications: PlanView['survey_plan']['qualifications']): string {
  if (qualifications.length === 0) return 'everybody'
  return qualifications
    .map(({ question_id, qualifying_answers: answers }) => {
      const texts = answers.map((answer) => (typeof answer === 'string' ? answer : `${answer.start}–${answer.end}`))
      return `${question_id} ${texts.join(' or ')}`
    })
    .join(', ')
}

/** Buttons that set a status, without the current one. */
export function statusForm(action: string, current: string, what: string): Html {
  const verbs = { OPEN: 'Open', PAUSED: 'Pause', CLOSED: 'Close' } as const
  const others = Object.entries(verbs).filter(([status]) => status !== current)
  return html`<form method="post" action="${action}" class="buttons">${others.map(([status, verb]) =>
    button(verb, { label: `${verb} ${what}`, quiet: true, name: 'status', value: status }),
  )}</form>`
}
