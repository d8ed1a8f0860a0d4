import type { RequestHandler } from 'express'
import { mayUse } from '../../commands/access/usable-connections.js'
import type { ReachingAttribute } from '../../domain/words/profile-words.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { parse } from '../http/validate.js'
import { type AttributesAnswer, AttributesQuery } from './attribute-schemas.js'

type Attribute = AttributesAnswer['attributes'][number]

const HOW: Readonly<Record<Attribute['type'], string>> = {
  single_choice: 'The id of one answer, as text',
  multi_punch: 'The ids of all answers that hold: a list, or text joined by "|"',
  choice: 'The id of an answer, as text; several as a list',
  range: 'One number, or the same as text',
  text: 'Text, as the panelist would write it',
  date: 'YYYY-MM-DD',
}

/** `GET /v1/attributes`: the attributes of a profile, and the connections that use each. */
export function attributes(deps: ApiDependencies): RequestHandler {
  return (request, response) => {
    const panel = panelOf(response)
    const { country = null } = parse(AttributesQuery, request.query)
    const known = deps.words.attributes(country, (connection) => mayUse(panel, connection))
    const answer: AttributesAnswer = { attributes: known.map(toWire) }
    response.json(answer)
  }
}

function toWire({ id, text, type, countries, limits, answers, reaches }: ReachingAttribute): Attribute {
  return {
    id,
    text,
    type,
    how: HOW[type],
    example: exampleOf(type, limits?.start, answers?.[0]?.id),
    ...(countries === null ? {} : { countries: [...countries] }),
    ...(limits === undefined ? {} : { range_limits: { ...limits } }),
    ...(answers === undefined
      ? {}
      : {
          answers: answers.map(({ id: answer, text: wording, exclusive }) => ({
            id: answer,
            text: wording,
            ...(exclusive === true ? { exclusive } : {}),
          })),
        }),
    providers: [...new Set(reaches.map(({ provider }) => provider))],
    connections: reaches.map(({ connection }) => connection),
  }
}

function exampleOf(type: Attribute['type'], start: number | undefined, answer: string | undefined): string | number {
  if (type === 'range') return start ?? 0
  if (type === 'date') return '1990-04-23'
  return answer ?? '94107'
}
