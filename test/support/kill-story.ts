import { expect } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { takeSurvey, toldOf } from './respondent.js'
import { persist, type Story } from './story.js'

export interface Kill {
  readonly process: 'api' | 'worker'
  readonly point: string
}

/**
 * Kills a process at a failpoint while sessions are in progress, and expects that every session is finished, sent to
 * the panel once, posted once, and no invariant is broken.
 */
export async function killAndCount(story: Story, { process, point }: Kill, respondents: number): Promise<string[]> {
  const killsBefore = story[process].kills
  await story[process].restart(`${point}=kill@1`)
  const ids = await Promise.all(
    Array.from({ length: respondents }, (_, n) => takeSurvey(story, `${point}-${killsBefore}-${n}`)),
  )
  for (const id of ids) {
    const messages = await toldOf(story, id)
    expect(new Set(messages.map((message) => message.webhookId)).size).toBe(1)
    expect(messages[0]?.outcome).toBe('COMPLETED')
  }
  await persist(`${process} dies at ${point}`, async () => (story[process].kills > killsBefore ? true : null))
  await story[process].ready
  const { rows } = await story.database.knex.raw(
    `select s.outcome, s.payable, (select count(*)::int from ledger_transactions t where t.session_id = s.session_id) as posted
       from sessions s where s.session_id = any(?)`,
    [ids],
  )
  expect(rows).toEqual(ids.map(() => ({ outcome: 'COMPLETED', payable: true, posted: 1 })))
  expect(await checkInvariants(story.database.knex)).toEqual([])
  return ids
}
