import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { type Story, startStory } from '../support/story.js'

const EXAMPLES = fileURLToPath(new URL('../../docs/examples/', import.meta.url))
const run = promisify(execFile)

let story: Story
beforeAll(async () => {
  story = await startStory({
    sessions: `demand_partners:
  - { id: acme, buyer_id: 145, api_key: dk_story, templates: true }
  - { id: globex, buyer_id: 146, api_key: dk_other }
survey_platforms: [{ id: DECIPHER, api_key: pk_story }]`,
  })
}, 300_000)
afterAll(() => story?.close(), 180_000)

/** Runs a script as at a terminal; its output is the reason of a failure. */
async function example(name: string): Promise<string> {
  const { stdout } = await run('bash', [`${EXAMPLES}${name}`], {
    env: {
      PATH: process.env.PATH,
      TRIBUTARY_API: story.apiUrl,
      BUYER_KEY: 'dk_story',
      OTHER_BUYER_KEY: 'dk_other',
      PANEL_KEY: 'tk_story',
      PLATFORM_KEY: 'pk_story',
    },
    maxBuffer: 16 * 1024 * 1024,
  }).catch((failure: { stdout: string; stderr: string }) => {
    throw new Error(`${name}: ${failure.stderr}\n${failure.stdout.slice(-2_000)}`)
  })
  return stdout
}

test.each(['buyer.sh', 'panel.sh', 'survey-platform.sh'])(
  '%s runs the documents’ examples, also twice in a row',
  async (name) => {
    for (const _ of [1, 2]) expect(await example(name)).toMatch(/\nAll as the seeds say\.\n$/)
  },
  300_000,
)

test('the examples break no invariant', async () => {
  expect(await checkInvariants(story.database.knex)).toEqual([])
})
