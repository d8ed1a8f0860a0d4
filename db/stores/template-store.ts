import type { Template } from '../../domain/template/template.js'
import type { Knex } from '../connect.js'
import { type TemplateRow, templateOf } from '../rows/template-row.js'

/** Stores a template unless its id exists. @returns whether it was stored */
export async function insertTemplate(trx: Knex, template: Template, now: Date): Promise<boolean> {
  const inserted = await trx('templates')
    .insert({ ...rowOf(template, now), created_at: now })
    .onConflict('template_id')
    .ignore()
    .returning('template_id')
  return inserted.length > 0
}

/** Takes a template's row lock. @returns null = template not found */
export async function lockTemplate(trx: Knex, templateId: number): Promise<Template | null> {
  const row: TemplateRow | undefined = await trx('templates').where({ template_id: templateId }).forUpdate().first()
  return row === undefined ? null : templateOf(row)
}

/** Creates a template, or replaces the one with its id. */
export async function upsertTemplate(trx: Knex, template: Template, now: Date): Promise<void> {
  const row = rowOf(template, now)
  await trx('templates')
    .insert({ ...row, created_at: now })
    .onConflict('template_id')
    .merge(row)
}

/** Deletes a template's row. */
export async function deleteTemplateRow(trx: Knex, templateId: number): Promise<void> {
  await trx('templates').where({ template_id: templateId }).delete()
}

const rowOf = (template: Template, now: Date) => ({
  template_id: template.templateId,
  owner: template.owner,
  folder: template.folder,
  name: template.name,
  title: template.title,
  visibility: template.visibility,
  shared_with: [...template.sharedWith],
  survey: JSON.stringify(template.survey),
  updated_at: now,
})
