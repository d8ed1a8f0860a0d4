import type { Knex } from '../../db/connect.js'
import { insertTemplate, lockTemplate, upsertTemplate } from '../../db/stores/template-store.js'
import type { Template } from '../../domain/template/template.js'

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
    if (await insertTemplate(trx, template, now)) return 'created'
    // two puts of one new id: the second waited for the first, and finds it here
    const there = await lockTemplate(trx, template.templateId)
    if (there !== null && !mayReplace(there)) return 'not_yours'
    await upsertTemplate(trx, template, now)
    return there === null ? 'created' : 'replaced'
  })
}
