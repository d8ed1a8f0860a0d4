import { z } from 'zod'
import { OUTCOMES, type Outcome } from '../../domain/outcome.js'
import type { RewardPolicy } from '../../domain/reward.js'
import { fieldNotes } from './field-notes.js'
import {
  Complaint,
  currency,
  headerKey,
  identifier,
  integer,
  locale,
  minimumAge,
  number,
  textField,
  webUrl,
} from './fields.js'
import { isCurrency } from './iso-codes.js'
import { absent, section, someOf } from './sections.js'

const rewardCurrency = textField({ example: 'points' }, (value) =>
  value === 'points' || isCurrency(value) ? value : new Complaint('must be points or an ISO 4217 currency code'),
)

const reward = section({
  currency: rewardCurrency,
  per_major_unit: number({ min: 0.0001, max: 1_000_000, whole: false, example: '100' }).prefault(100),
  share_percent: number({ min: 0, max: 100, whole: false, example: '50' }),
  screenout: integer(0, 1_000_000, '0').prefault(0),
}).transform((value): RewardPolicy => value)

/** No reward: the panel rewards its panelists elsewhere. */
const NO_REWARD: RewardPolicy = { currency: 'points', perMajorUnit: 100, sharePercent: 0, screenout: 0 }

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. */
const webhookSecret = textField({ example: '"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"', secret: true }, (value) => {
  const match = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(value)
  const bytes = match ? Buffer.from(match[1] ?? '', 'base64').length : 0
  return bytes >= 24 && bytes <= 64 ? value : new Complaint('must be whsec_ and the base64 of 24 to 64 bytes')
})

const redirectUrl = webUrl('"https://app.example/done"')
const redirectShape = Object.fromEntries(
  OUTCOMES.map((outcome) => [outcome, redirectUrl.optional().register(fieldNotes, { otherwise: 'as default' })]),
) as {
  [Name in Outcome]: z.ZodOptional<typeof redirectUrl>
}

const redirects = z
  .strictObject({ default: redirectUrl, ...redirectShape })
  .transform((given) => ({
    ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, given[outcome] ?? given.default])),
    default: given.default,
  }))
  .transform((filled) => filled as Readonly<Record<Outcome | 'default', string>>)

/** The most starts per panelist: null = no limit. */
export const caps = section({
  daily: absent(integer(1, 1_000_000, '25')),
  weekly: absent(integer(1, 1_000_000, '100')),
})

const market = section({
  locales: someOf(locale()),
  currency: currency(),
  minimum_age: absent(minimumAge()).register(fieldNotes, { otherwise: 'the installation’s' }),
})

export const panelSchema = section({
  id: identifier('lifepoints'),
  api_key: headerKey('"tk_live_…"'),
  markets: z.record(z.string(), market),
  redirects,
  postback: absent(section({ url: webUrl('"https://app.example/hooks"'), secret: webhookSecret })),
  reward: absent(reward).transform((given) => given ?? NO_REWARD),
  caps: absent(caps),
  connections: absent(z.array(identifier('kantar-us'))).register(fieldNotes, { otherwise: 'all' }),
})

/** One panel app and its panelists, as the program sees it. */
export type PanelConfig = z.output<typeof panelSchema>
