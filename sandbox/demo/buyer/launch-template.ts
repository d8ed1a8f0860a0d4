import { z } from 'zod'
import { type BuyerClient, Refused } from '../../buyer/client.js'

const Form = z.object({
  template_id: z.coerce.number().int(),
  completes: z.coerce.number().int(),
  /** A text until it is sent: prices must not be floats. */
  offer_price: z.string().regex(/^\d{1,6}(\.\d{1,2})?$/),
})

/** The PureSpectrum Buy API's answer: only the id is used. */
const Draft = z.object({ ps_survey_id: z.number() })
/** ps_survey_status of a live survey. */
const LIVE = 22

/**
 * Creates a survey from a template and launches it (PureSpectrum Buy API): a POST makes the draft, a PUT with price,
 * address and panels makes a survey plan of it.
 * @returns the new plan's id; undefined for a form that the page did not create
 * @throws Refused
 */
export async function launchFromTemplate(
  client: BuyerClient,
  form: unknown,
  platformUrl: string,
): Promise<string | undefined> {
  const fields = Form.safeParse(form)
  if (!fields.success) return undefined
  const { template_id, completes, offer_price } = fields.data
  const made = await client.withAccessToken.post('/buyers/v2/surveys', { template_id, completes_required: completes })
  const draft = Draft.safeParse(made.body)
  if (made.status > 299 || !draft.success) throw new Refused(made)

  const { value: panels } = await client.panels()
  const [market] = Object.values(panels).flatMap((markets) => (markets.USA ? [markets.USA] : []))
  const launched = await client.withAccessToken.put(`/buyers/v2/surveys/${draft.data.ps_survey_id}`, {
    live_url: `${platformUrl}/linked/template-${template_id}?respondent=((SESSION_ID))`,
    offer_price: Number(offer_price),
    currency: market?.currency ?? 'USD',
    panels: Object.entries(panels).flatMap(([name, markets]) => (markets.USA ? [name] : [])),
    ps_survey_status: LIVE,
  })
  if (launched.status > 299) throw new Refused(launched)
  // this answer has the survey's number; the plan has the same number as its survey_id
  const plan = (await client.plans()).value.find(({ survey_id }) => survey_id === String(draft.data.ps_survey_id))
  if (!plan) throw new Refused(launched)
  return plan.id
}
