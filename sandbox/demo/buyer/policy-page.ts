import { z } from 'zod'
import { type Attributes, attributes } from '../../../web/kit/attributes.js'
import { type Html, html } from '../../../web/kit/html.js'
import type { PlanView, Policy } from '../../buyer/answers.js'
import type { Page } from '../../pages/layout.js'
import type { Exchange } from '../../tributary.js'
import { refusalBlock } from './launch-page.js'
import { buyerCrumbs, nameOf, planPath } from './parts.js'

/** The form to change a plan's policy (docs/buyers.md, What is agreed beside a plan). */
export function policyPage(buyer: string, view: PlanView, policy: Policy, refused?: Exchange): Page {
  const { id, target_panels: panels, target_completes: target } = view.survey_plan
  const allocationOf = (panel: string) =>
    Object.entries(policy.allocations).find(([name]) => name.toLowerCase() === panel.toLowerCase())?.[1] ?? ''
  const field = (name: string, label: string, value: string | number, hint: string, more: Attributes): Html =>
    html`<p><label for="${name}">${label}</label><br><input id="${name}" name="${name}" value="${value}" aria-describedby="${name}-hint"${more}><br>
<small id="${name}-hint">${hint}</small></p>`
  const count = attributes({ type: 'number', min: 0, step: 1 })
  return {
    title: `Policy of ${nameOf(view)}`,
    body: html`${buyerCrumbs(buyer, { id, name: nameOf(view) })}
<h1>Policy of ${nameOf(view)}</h1>
${refused && refusalBlock(refused)}
<form method="post" class="card">
${field('overage', 'Overage', policy.overage, 'Completes beyond the target that are still paid.', attributes({ type: 'number', min: 0, step: 1, required: true }))}
<p><label><input type="checkbox" name="accept_unsigned" value="yes"${attributes({ checked: policy.accept_unsigned })}> Accept unsigned outcomes</label><br>
<small>A complete that only a browser reported is paid; applies if the survey platform is not integrated.</small></p>
${field('flexibility_percent', 'Flexibility, percent', policy.flexibility_percent, 'How much of what is not allocated to it a panel may take: 100 = all, 0 = only its allocation.', attributes({ type: 'number', min: 0, max: 100, step: 1, required: true }))}
<fieldset><legend>Allocations</legend><p><small>Completes of ${target} that a panel is promised; empty = no promise.</small></p>
${panels.map(({ name }) => html`<p><label for="allocation-${name}">${name}</label><br><input id="allocation-${name}" name="allocation:${name}" value="${allocationOf(name)}"${count}></p>`)}</fieldset>
<fieldset><legend>Soft launch</legend><p><small>At most this many completes at first, then a pause to look at the data; empty = none.</small></p>
<p><label for="soft_completes">Completes</label><br><input id="soft_completes" name="soft_completes" value="${policy.soft_launch?.completes ?? ''}"${count}></p>
<p><label for="soft_pause">Pause</label><br><input id="soft_pause" name="soft_pause" value="${policy.soft_launch?.pause ?? ''}" placeholder="2h" pattern="\\d+(s|m|h|d)"></p></fieldset>
<p class="buttons"><button>Save</button> <a class="button quiet" href="${planPath(buyer, id)}">Back without saving</a></p>
</form>`,
  }
}

/** A policy to send: null removes an allocation. */
export type PolicyChange = Omit<Policy, 'allocations'> & { allocations: Record<string, number | null> }

/** The policy that a refused change requested, to show the form as it was filled in. */
export function asWanted({ allocations, ...rest }: PolicyChange): Policy {
  const named = Object.entries(allocations).flatMap(([panel, count]) =>
    count === null ? [] : [[panel, count] as const],
  )
  return { ...rest, allocations: Object.fromEntries(named) }
}

const Whole = z.coerce.number().int().min(0)
const Fields = z.looseObject({
  overage: Whole,
  accept_unsigned: z.literal('yes').optional(),
  flexibility_percent: Whole,
  soft_completes: z.string().optional(),
  soft_pause: z.string().optional(),
})

/**
 * The policy of a posted form. A panel whose field is empty loses its allocation.
 * @returns undefined for a form that the page did not create
 */
export function policyOf(form: unknown): PolicyChange | undefined {
  const fields = Fields.safeParse(form)
  if (!fields.success) return undefined
  const { overage, accept_unsigned, flexibility_percent, soft_completes, soft_pause, ...rest } = fields.data
  const allocations: Record<string, number | null> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (!name.startsWith('allocation:')) continue
    const count = Whole.safeParse(value)
    if (!count.success) return undefined
    allocations[name.slice('allocation:'.length)] = value === '' ? null : count.data
  }
  return {
    overage,
    accept_unsigned: accept_unsigned === 'yes',
    flexibility_percent,
    allocations,
    soft_launch: soft_completes ? { completes: Number(soft_completes), pause: soft_pause || '2h' } : null,
  }
}
