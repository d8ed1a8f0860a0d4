import type { Knex } from '../../db/connect.js'
import { insertTemplate, lockTemplate, upsertTemplate } from '../../db/stores/template-store.js'
import type { Template } from '../../domain/template/template.js'

/**
 * Creates a template, or replaces the one with its id unless another buyer owns it.
 * @param mayReplace decides about the stored template, under its lock
 */
export async function putTemplate(
  knex: Knex,
  template: Template,
  mayReplace: (existing: Template) => boolean,
  now: Date,
): Promise<'created' | 'replaced' | 'not_yours'> {
  return knex.transaction(async (trx) => {
    if (await insertTemplate(trx, template, now)) return 'created'
    // of two concurrent puts of one new id the second waits for the first, and finds its row here
    const there = await lockTemplate(trx, template.templateId)
    if (there !== null && !mayReplace(there)) return 'not_yours'
    await upsertTemplate(trx, template, now)
    return there === null ? 'created' : 'replaced'
  })
}
