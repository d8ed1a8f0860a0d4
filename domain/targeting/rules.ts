import type { Device, Survey, SurveyStatus } from '../survey.js'

/** Who asks, beside their answers. */
export interface Circumstances {
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** Null restricts nothing. */
  readonly locale: string | null
  /** Null restricts nothing. */
  readonly device: Device | null
  /** The panel whose panelist it is; null = nobody's in particular, which restricts nothing. */
  readonly panel: string | null
  readonly now: Date
}

export const RULES = [
  'status',
  'enterable',
  'country',
  'locale',
  'device',
  'panel',
  'finish_date',
  'available_completes',
] as const
export type Rule = (typeof RULES)[number]

export interface RuleTrace {
  readonly rule: Rule
  readonly wanted: string
  readonly given: string
  readonly holds: boolean
}

/**
 * The conditions that are not about the profile. They hold or they do not: there is no maybe among them.
 * @param status the row's status, which may be worse than the provider's own word (withdrawn, unreadable)
 * @param remaining completes left for the whole survey after our own sessions in flight; Infinity = not limited
 */
export function evaluateRules(
  survey: Survey,
  status: SurveyStatus,
  remaining: number,
  circumstances: Circumstances,
): RuleTrace[] {
  const { country, locale, device, now } = circumstances
  return [
    { rule: 'status', wanted: 'open', given: status, holds: status === 'open' },
    {
      rule: 'enterable',
      wanted: 'a way in',
      given: survey.enterable ? 'a way in' : 'none',
      holds: survey.enterable,
    },
    { rule: 'country', wanted: survey.country, given: country, holds: survey.country === country },
    {
      rule: 'locale',
      wanted: survey.locale ?? 'any',
      given: locale ?? 'not said',
      holds: survey.locale === null || locale === null || foldLocale(survey.locale) === foldLocale(locale),
    },
    {
      rule: 'device',
      wanted: survey.devices?.join(', ') || 'any',
      given: device ?? 'not said',
      holds: !restrictsDevices(survey) || device === null || (survey.devices?.includes(device) ?? true),
    },
    ...panelRule(survey, circumstances.panel),
    {
      rule: 'finish_date',
      wanted: survey.finishAt === null ? 'any time' : `before ${survey.finishAt}`,
      given: now.toISOString(),
      holds: now.getTime() < finishTime(survey),
    },
    {
      rule: 'available_completes',
      wanted: 'more than 0',
      given: Number.isFinite(remaining) ? String(remaining) : 'not limited',
      holds: remaining > 0,
    },
  ]
}

/**
 * Only where a survey is for certain panels: nobody else hears of the rule. It names no panel but the one that asks, as
 * whom else a buyer works with is no panel's business.
 */
function panelRule({ panels }: Survey, panel: string | null): RuleTrace[] {
  if (panels === undefined) return []
  const holds = panel === null || panels.includes(panel)
  return [{ rule: 'panel', wanted: 'a panel that it is open to', given: panel ?? 'not said', holds }]
}

/** Locales are compared without case, and `en_US` (seed 002) is `en-US` (seed 000). */
export function foldLocale(locale: string): string {
  return locale.replace(/_/g, '-').toLowerCase()
}

/** An empty list names no device: a survey that nobody could open would not be in a feed. */
export function restrictsDevices(survey: Survey): boolean {
  return survey.devices !== null && survey.devices.length > 0
}

/** When offering ends, in epoch milliseconds; Infinity when it does not. A stamp that cannot be read has ended. */
export function finishTime(survey: Survey): number {
  if (survey.finishAt === null) return Number.POSITIVE_INFINITY
  const time = Date.parse(survey.finishAt)
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}
