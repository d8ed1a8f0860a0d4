import type { Buyer, Template, Visibility } from '../../domain/template/template.js'
import type { Knex } from '../connect.js'

interface TemplateRow {
  readonly template_id: number
  readonly owner: string | null
  readonly folder: string
  readonly name: string
  readonly title: string
  readonly visibility: Visibility
  readonly shared_with: readonly number[]
  readonly survey: Readonly<Record<string, unknown>>
}

/** A template, whoever may see it: the caller decides. */
export async function findTemplate(knex: Knex, templateId: number): Promise<Template | null> {
  const row: TemplateRow | undefined = await knex('templates').where({ template_id: templateId }).first()
  return row === undefined ? null : templateOf(row)
}

/** What `mayUse` lets a buyer use, by folder and id. */
export async function listUsableTemplates(knex: Knex, buyer: Buyer): Promise<Template[]> {
  const rows: TemplateRow[] = await knex('templates')
    .where({ owner: buyer.id })
    .orWhere({ visibility: 'default' })
    .orWhereRaw('shared_with @> array[?::int]', [buyer.buyerId])
    .orderBy(['folder', 'template_id'])
  return rows.map(templateOf)
}

/**
 * A page of templates by id.
 * @param owner only this demand partner's; undefined = everybody's
 */
export async function listTemplates(
  knex: Knex,
  page: { readonly owner?: string | undefined; readonly after: number; readonly limit: number },
): Promise<Template[]> {
  const query = knex('templates').where('template_id', '>', page.after)
  if (page.owner !== undefined) query.where({ owner: page.owner })
  const rows: TemplateRow[] = await query.orderBy('template_id').limit(page.limit)
  return rows.map(templateOf)
}

/**
 * Stores a template in the place of an earlier one with its id, unless that is somebody else's.
 * @param mayReplace decides about the one that is there, under its lock
 */
export async function putTemplate(
  knex: Knex,
  template: Template,
  mayReplace: (existing: Template) => boolean,
  now: Date,
): Promise<'created' | 'replaced' | 'not_yours'> {
  return knex.transaction(async (trx) => {
    const row = {
      template_id: template.templateId,
      owner: template.owner,
      folder: template.folder,
      name: template.name,
      title: template.title,
      visibility: template.visibility,
      shared_with: [...template.sharedWith],
      survey: JSON.stringify(template.survey),
      updated_at: now,
    }
    const inserted = await trx('templates')
      .insert({ ...row, created_at: now })
      .onConflict('template_id')
      .ignore()
      .returning('template_id')
    if (inserted.length > 0) return 'created'
    // two puts of one new id: the second waited for the first, and finds it here
    const there: TemplateRow | undefined = await trx('templates')
      .where({ template_id: template.templateId })
      .forUpdate()
      .first()
    if (there !== undefined && !mayReplace(templateOf(there))) return 'not_yours'
    await trx('templates')
      .insert({ ...row, created_at: now })
      .onConflict('template_id')
      .merge(row)
    return there === undefined ? 'created' : 'replaced'
  })
}

/** Surveys that were made from it stay as they are. */
export async function deleteTemplate(
  knex: Knex,
  templateId: number,
  mayDelete: (existing: Template) => boolean,
): Promise<'deleted' | 'not_found'> {
  return knex.transaction(async (trx) => {
    const row: TemplateRow | undefined = await trx('templates').where({ template_id: templateId }).forUpdate().first()
    if (row === undefined || !mayDelete(templateOf(row))) return 'not_found'
    await trx('templates').where({ template_id: templateId }).delete()
    return 'deleted'
  })
}

function templateOf(row: TemplateRow): Template {
  return {
    templateId: row.template_id,
    owner: row.owner,
    folder: row.folder,
    name: row.name,
    title: row.title,
    visibility: row.visibility,
    sharedWith: row.shared_with,
    survey: row.survey,
  }
}
