import type { Request, RequestHandler } from 'express'
import { countryOf as canonical } from '../../domain/country.js'
import type { TargetingAttribute } from '../../platform/config/targeting-attributes.js'
import type { ApiDependencies } from '../dependencies.js'
import { fault } from '../http/gateway-errors.js'
import { findPanel } from './plan-checks.js'
import { targetablePanels } from './plan-rules.js'

/** GET /targeting-attributes (Kantar Gateway API): the questions a plan can target in a country; without one, all. */
export function targetingAttributes(deps: Pick<ApiDependencies, 'config'>): RequestHandler {
  return (request, response) => {
    const country = countryOf(request)
    const asked = deps.config.targetingAttributes.filter(
      ({ supportedCountries }) =>
        country === null || supportedCountries === null || supportedCountries.includes(country),
    )
    response.json({ targeting_attributes: asked.map(attributeToWire) })
  }
}

function attributeToWire(attribute: TargetingAttribute) {
  const { id, text, answerType, supportedCountries } = attribute
  return {
    id,
    text,
    answer_type: answerType,
    ...(supportedCountries === null ? {} : { supported_countries: supportedCountries }),
    ...(attribute.answerType === 'range'
      ? { range_limits: attribute.rangeLimits }
      : {
          answers: attribute.answers.map((answer) => ({
            id: answer.id,
            text: answer.text,
            ...(attribute.answerType === 'multi_punch' ? { exclusive_multi_punch_answer: answer.exclusive } : {}),
          })),
        }),
  }
}

/** GET /targeting-panels (Kantar Gateway API): the panels a plan can target, their countries, locales and currency. */
export function targetingPanels(deps: Pick<ApiDependencies, 'config'>): RequestHandler {
  return (request, response) => {
    const country = countryOf(request)
    const name = parameterOf(request, 'panel')
    const all = targetablePanels(deps)
    const wanted = name === null ? all : [findPanel(all, name)]
    const entries = wanted.flatMap((panel) => {
      const markets = Object.entries(panel?.markets ?? {})
        .filter(([code]) => country === null || code === country)
        .map(([code, { locales, currency }]) => [code, { locales, currency }] as const)
      return panel === undefined || markets.length === 0 ? [] : [[panel.id, Object.fromEntries(markets)] as const]
    })
    response.json(Object.fromEntries(entries))
  }
}

function countryOf(request: Request): string | null {
  const country = parameterOf(request, 'country')
  if (country === null) return null
  const known = canonical(country)
  if (known !== null) return known
  throw fault('format', 'country', 'must be an ISO 3166-1 alpha-3 code in capitals, such as USA')
}

function parameterOf(request: Request, name: string): string | null {
  const given: unknown = request.query[name]
  if (given === undefined) return null
  if (typeof given === 'string' && given !== '') return given
  throw fault('type', name, given === '' ? 'must not be empty; leave it out for all' : 'must be given once')
}
