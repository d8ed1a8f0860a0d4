import type { RequestHandler } from 'express'
import { listUsableTemplates } from '../../db/read-models/templates.js'
import { type Buyer, sharedWithAsSeenBy, type Template } from '../../domain/template/template.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { parse } from '../http/validate.js'
import { featureOff } from './errors.js'
import { ownerIdOf } from './owner-id.js'
import { type FolderList, TemplateListQuery } from './template-schemas.js'

/** `GET /buyers/v2/templates?UI=0|1`: the templates that the buyer may use, by folder (PureSpectrum Buy API). */
export function listFolders(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response)
    if (!partner.templates) throw featureOff()
    const { UI } = parse(TemplateListQuery, request.query)
    const templates = await listUsableTemplates(deps.knex, partner)
    const folders = new Map<string, FolderList[number]['templates']>()
    for (const template of templates) {
      const entry = {
        id: template.templateId,
        name: template.name,
        title: template.title,
        ...(UI === '1' ? ownership(template, partner, deps) : {}),
      }
      folders.set(template.folder, [...(folders.get(template.folder) ?? []), entry])
    }
    const answer: FolderList = [...folders].map(([folder, list]) => ({ folder, templates: list }))
    response.json(answer)
  }
}

function ownership(template: Template, buyer: Buyer, { config }: ApiDependencies) {
  return {
    owner: ownerIdOf(template, config.demandPartners),
    shared_with: [...sharedWithAsSeenBy(template, buyer)],
    isOwner: template.owner === buyer.id,
    is_service_buyer: template.owner === null || template.visibility === 'default',
  }
}
