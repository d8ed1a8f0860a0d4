import type { Knex } from '../../db/connect.js'
import { deleteTemplateRow, lockTemplate } from '../../db/stores/template-store.js'
import type { Template } from '../../domain/template/template.js'

/**
 * Deletes a template. Surveys that were made from it do not change.
 * @param mayDelete decides about the stored template, under its lock
 */
export async function deleteTemplate(
  knex: Knex,
  templateId: number,
  mayDelete: (existing: Template) => boolean,
): Promise<'deleted' | 'not_found'> {
  return knex.transaction(async (trx) => {
    const there = await lockTemplate(trx, templateId)
    if (there === null || !mayDelete(there)) return 'not_found'
    await deleteTemplateRow(trx, templateId)
    return 'deleted'
  })
}
