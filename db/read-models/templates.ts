import type { Buyer, Template } from '../../domain/template/template.js'
import type { Knex } from '../connect.js'
import { type TemplateRow, templateOf } from '../rows/template-row.js'

/** A template of any owner; the caller checks access. */
export async function findTemplate(knex: Knex, templateId: number): Promise<Template | null> {
  const row: TemplateRow | undefined = await knex('templates').where({ template_id: templateId }).first()
  return row === undefined ? null : templateOf(row)
}

/** The templates that `mayUse` allows a buyer, by folder and id. */
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
 * @param owner only this demand partner's; undefined = all
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
