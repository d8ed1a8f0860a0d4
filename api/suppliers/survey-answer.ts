import type { OwnCompletes, SupplierSurvey } from '../../db/read-models/supplier-surveys.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { alpha2Of } from '../../domain/country.js'
import type { ConnectionFacts } from '../../domain/eligibility/facts.js'
import { type ShownRule, whyNotShownOpen } from '../../domain/eligibility/show.js'
import type { VocabularyMapping } from '../../domain/mapping.js'
import { formatAmount } from '../../domain/money.js'
import { openNow, type SupplierCompletes, supplierCompletes } from '../../domain/plan/allocation.js'
import { availableOfPlan, availableOfQuota } from '../../domain/plan/counting.js'
import type { Quota } from '../../domain/survey.js'
import type { CriteriaSpeaker } from './criteria.js'

/** The PureSpectrum Supply API, survey_status. No survey of ours is a draft (11). */
export const STATUS = { live: 22, paused: 33, closed: 44 } as const
export type StatusCode = (typeof STATUS)[keyof typeof STATUS]

/** The inputs of a survey's answer in addition to the stored survey. */
export interface Showing {
  readonly panel: string
  readonly now: Date
  readonly connection: ConnectionFacts
  /** The buyer's integer id; 0 when the buyer belongs to another gateway. */
  readonly buyerId: number
  /** The panel's own locale in the survey's country, for a survey that restricts none. */
  readonly locale: string | null
  /** Our attributes in the clauses' vocabulary. */
  readonly vocabulary: VocabularyMapping
  readonly speaker: CriteriaSpeaker
}

/** Rule that refuses -> the survey's status for a panel: closed when it is over, paused when it cannot be entered. */
const STANDS: Readonly<Record<ShownRule, (found: SupplierSurvey) => StatusCode>> = {
  connection: () => STATUS.paused,
  fresh: () => STATUS.paused,
  status: ({ status }) => (status === 'closed' || status === 'withdrawn' ? STATUS.closed : STATUS.paused),
  enterable: () => STATUS.paused,
  // its allocation is reached, which the quantities show
  panel: () => STATUS.live,
  finish_date: () => STATUS.closed,
  // such surveys are not in the list
  invitation: () => STATUS.closed,
}

/** The status of a survey for a panel. */
export function statusOf(found: SupplierSurvey, { connection, panel, now }: Showing): StatusCode {
  const { surveyId, survey, status } = found
  const broken = whyNotShownOpen({ surveyId, survey, status, connection, panel, now })
  return broken.reduce<StatusCode>((worst, rule) => Math.max(worst, STANDS[rule](found)) as StatusCode, STATUS.live)
}

/**
 * A survey in the shape of the PureSpectrum Supply API (Result, `survey`), as JSON text, because cpi is a decimal
 * number with all the digits of its currency, which a JavaScript number does not keep. Members that the document
 * does not have: `currency`, and `additional_qualification_count` when its codes cannot express a qualification.
 */
export function surveyText(found: SupplierSurvey, showing: Showing): string {
  return `{"cpi":${formatAmount(found.survey.price)},${JSON.stringify(surveyAnswer(found, showing)).slice(1)}`
}

function surveyAnswer(found: SupplierSurvey, showing: Showing): object {
  const { survey, plan } = found
  const status = statusOf(found, showing)
  const { criteria, unsaid } = showing.speaker.clauses(survey.clauses, showing.vocabulary)
  const additional = survey.additionalQualifications + unsaid
  const completes = completesOf(found, showing.panel)
  const category = plan?.plan.categories?.[0] ?? ''
  const performance = { ir: survey.irPercent, loi: survey.loiMinutes }
  return {
    ...(survey.grouping === undefined
      ? {}
      : {
          survey_grouping: {
            survey_ids: survey.grouping.surveyIds.map((id) => surveyIdOf(found.connection, id)),
            exclusion_period: survey.grouping.exclusionDays,
          },
        }),
    incl_excl: 0,
    currency: survey.price.currency,
    ...(completes === null ? {} : { supplier_completes: completesAnswer(completes) }),
    price_type: 1,
    pii: false,
    buyer_message: '',
    survey_performance: { overall: performance, last_block: performance },
    survey_id: found.surveyId,
    last_complete_date: found.own.lastAt?.getTime() ?? null,
    survey_name: plan?.plan.title ?? `${category === '' ? '' : `${category} `}Survey #${found.surveyId.slice(-6)}`,
    surveyLocalization: localization(survey.locale ?? showing.locale, survey.country),
    survey_status: status,
    buyer_id: showing.buyerId,
    field_end_date: survey.finishAt === null ? null : Date.parse(survey.finishAt),
    crtd_on: found.createdAt.getTime(),
    mod_on: found.changedAt.getTime(),
    click_balancing: 0,
    category,
    category_code: 0,
    qualifications: [...criteria, ...showing.speaker.devices(survey.devices)],
    ...(additional > 0 ? { additional_qualification_count: additional } : {}),
    quotas: survey.quotas.flatMap((quota) => quotaAnswer(quota, found, showing, status) ?? []),
    soft_launch: survey.softLaunch ?? false,
  }
}

/** Null when the number of wanted completes is unknown. */
function completesOf({ survey, plan, own }: SupplierSurvey, panel: string): SupplierCompletes | null {
  if (plan !== null) return supplierCompletes(plan, panel)
  const { availableCompletes: remaining, allocation } = survey
  if (remaining === null) return null
  return {
    needed: own.completes + remaining,
    achieved: own.completes,
    remaining,
    guaranteed:
      allocation === undefined ? null : { allocation: allocation.guaranteed, remaining: allocation.remaining },
  }
}

function completesAnswer({ needed, achieved, remaining, guaranteed }: SupplierCompletes): object {
  return {
    needed,
    achieved,
    remaining,
    ...(guaranteed === null
      ? {}
      : {
          guaranteed_allocation: guaranteed.allocation,
          guaranteed_allocation_remaining: guaranteed.remaining,
        }),
  }
}

/** Null for a full quota that the codes cannot express, because it would seem to apply to every panelist. */
function quotaAnswer(quota: Quota, found: SupplierSurvey, showing: Showing, status: StatusCode): object | null {
  const { criteria, unsaid } = showing.speaker.quota(quota, showing.vocabulary)
  const additional = quota.additionalQualifications + unsaid
  const counts = quantities(quota, found, showing.panel)
  const open = status === STATUS.live && quota.status === 'open' ? counts.open : 0
  if (unsaid > 0 && open === 0 && status === STATUS.live) return null
  return {
    quota_id: quota.quotaId,
    quantities: { currently_open: open, remaining: counts.remaining, achieved: counts.achieved },
    criteria,
    ...(additional > 0 ? { additional_qualification_count: additional } : {}),
    crtd_on: found.createdAt.getTime(),
    mod_on: found.changedAt.getTime(),
    last_complete_date: found.ownByQuota.get(quota.quotaId)?.lastAt?.getTime() ?? null,
  }
}

interface Quantities {
  readonly open: number
  readonly remaining: number
  readonly achieved: number
}

/**
 * Counts a quota of ours as a whole, and a provider's by our own completes. An uncounted quota has at least one left.
 */
function quantities(quota: Quota, { survey, plan, ownByQuota }: SupplierSurvey, panel: string): Quantities {
  if (plan !== null) {
    return {
      open: openNow(plan, panel, quota.quotaId),
      remaining: availableOfQuota(plan, quota.quotaId) ?? availableOfPlan(plan),
      achieved: plan.completes.quotas.get(quota.quotaId) ?? 0,
    }
  }
  const own: OwnCompletes | undefined = ownByQuota.get(quota.quotaId)
  const remaining = quota.available ?? survey.availableCompletes ?? 1
  return { open: remaining, remaining, achieved: own?.completes ?? 0 }
}

/**
 * `es-US` -> `es_US` (PureSpectrum Supply API, surveyLocalization); English where neither survey nor panel names a
 * language.
 */
function localization(locale: string | null, country: string): string {
  return locale === null ? `en_${alpha2Of(country) ?? country}` : locale.replaceAll('-', '_')
}
