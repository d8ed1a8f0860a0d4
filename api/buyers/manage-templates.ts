import type { RequestHandler } from 'express'
import { deleteTemplate } from '../../commands/templates/delete.js'
import { putTemplate } from '../../commands/templates/put.js'
import { findTemplate, listTemplates } from '../../db/read-models/templates.js'
import type { Template as StoredTemplate } from '../../domain/template/template.js'
import type { DemandPartnerConfig } from '../../platform/config/load.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound, Problem } from '../http/problem.js'
import { invalid, MOST_LISTED, parse, parseBody } from '../http/validate.js'
import { ownerIdOf, SERVICE_BUYER_ID } from './owner-id.js'
import { managerOf, type TemplateManager } from './template-manager.js'
import {
  type Template,
  TemplatePath,
  TemplateRequest,
  type TemplatesAnswer,
  TemplatesQuery,
} from './template-schemas.js'

const PAGE = 50

/**
 * `PUT /v1/templates/{id}`: 201 when it creates, 200 when it replaces the whole of an earlier one (docs/templates.md,
 * Managing templates).
 */
export function storeTemplate(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const manager = managerOf(response)
    const { id } = parse(TemplatePath, request.params)
    const body = parseBody(TemplateRequest, request, MOST_LISTED)
    if (body.id !== undefined && body.id !== id) throw invalid([{ field: 'id', message: `is ${id} in the address` }])
    if (manager.kind === 'buyer' && body.visibility === 'default') {
      throw operatorsOnly('Only an operator may store a template with visibility default')
    }
    const existing = await findTemplate(deps.knex, id)
    const owner = ownerOf(body.owner, manager, existing, deps.config.demandPartners)
    const ownerId = owner === null ? [] : [ownerIdOf({ owner }, deps.config.demandPartners)]
    const sharedWith = body.shared_with ?? ownerId
    if (body.visibility === 'own' && sharedWith.some((one) => !ownerId.includes(one))) {
      throw invalid([{ field: 'shared_with', message: 'names others: use visibility shared, or leave it out' }])
    }
    const template: StoredTemplate = {
      templateId: id,
      owner,
      folder: body.folder,
      name: body.name,
      title: body.title,
      visibility: body.visibility,
      sharedWith,
      // as the request sent it, with the fields that only the buyer reads
      survey: (request.body as { survey: Readonly<Record<string, unknown>> }).survey,
    }
    const done = await putTemplate(deps.knex, template, (there) => mayManage(manager, there), deps.clock())
    if (done === 'not_yours') throw notHere()
    response.status(done === 'created' ? 201 : 200).json(answerOf(template, deps))
  }
}

/** `GET /v1/templates/{id}`. */
export function readTemplate(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const { id } = parse(TemplatePath, request.params)
    const template = await findTemplate(deps.knex, id)
    if (template === null || !mayManage(managerOf(response), template)) throw notHere()
    response.json(answerOf(template, deps))
  }
}

/** `DELETE /v1/templates/{id}`. */
export function removeTemplate(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const { id } = parse(TemplatePath, request.params)
    const done = await deleteTemplate(deps.knex, id, (there) => mayManage(managerOf(response), there))
    if (done === 'not_found') throw notHere()
    response.status(204).end()
  }
}

/** `GET /v1/templates`, by id: a buyer gets their own, an operator those of all buyers. */
export function listOwnTemplates(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const manager = managerOf(response)
    const { cursor, limit = PAGE } = parse(TemplatesQuery, request.query)
    const owner = manager.kind === 'buyer' ? manager.partner.id : undefined
    const templates = await listTemplates(deps.knex, { owner, after: Number(cursor ?? 0), limit: limit + 1 })
    const page = templates.slice(0, limit)
    const answer: TemplatesAnswer = {
      templates: page.map((template) => answerOf(template, deps)),
      next_cursor: templates.length > limit ? String(page.at(-1)?.templateId) : null,
    }
    response.json(answer)
  }
}

/**
 * Returns the owner of a template. Where an operator names none, the owner stays as it is; of a new template it is the
 * service.
 * @throws Problem 403 when a buyer names another owner, 400 for a buyer that is not configured
 */
function ownerOf(
  given: number | undefined,
  manager: TemplateManager,
  existing: StoredTemplate | null,
  partners: readonly DemandPartnerConfig[],
): string | null {
  if (manager.kind === 'buyer') {
    if (given !== undefined && given !== manager.partner.buyerId) {
      throw operatorsOnly(`owner must be ${manager.partner.buyerId}, your buyer id; only an operator may set another`)
    }
    return manager.partner.id
  }
  if (given === undefined) return existing?.owner ?? null
  if (given === SERVICE_BUYER_ID) return null
  const partner = partners.find(({ buyerId }) => buyerId === given)
  if (partner === undefined) throw invalid([{ field: 'owner', message: `buyer ${given} not found` }])
  return partner.id
}

const mayManage = (manager: TemplateManager, { owner }: StoredTemplate): boolean =>
  manager.kind === 'operator' || owner === manager.partner.id

const operatorsOnly = (detail: string) => new Problem(403, 'operator_needed', detail)
const notHere = () => notFound('Template not found')

function answerOf(template: StoredTemplate, { config }: ApiDependencies): Template {
  return {
    id: template.templateId,
    owner: ownerIdOf(template, config.demandPartners),
    folder: template.folder,
    name: template.name,
    title: template.title,
    visibility: template.visibility,
    shared_with: [...template.sharedWith],
    survey: template.survey,
  }
}
