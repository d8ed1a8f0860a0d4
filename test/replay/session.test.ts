import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, test } from 'vitest'
import { historyFromText } from '../support/history.js'
import { testWorkflowBundle } from '../support/temporal.js'

const folder = new URL('histories/', import.meta.url)
const recorded = readdirSync(folder).filter((file) => file.startsWith('session-'))
const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
let bundle: { code: string }

beforeAll(async () => {
  bundle = await testWorkflowBundle()
})

const replay = (json: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: bundle }, historyFromText(json), 'session:replayed')

describe('sessions that earlier versions started continue', () => {
  test('there is a recorded history of every path', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(15)
  })

  test.each(recorded)('%s', async (file) => {
    await replay(textOf(file))
  })
})

describe('replay notices', () => {
  test.each<[string, string, (json: string) => string]>([
    ['an activity under another name', 'complete', (json) => json.replaceAll('"recordOutcome"', '"writeOutcome"')],
    ['a signal under another name', 'complete', (json) => json.replaceAll('"outcomeArrived"', '"somethingElse"')],
    [
      'a message that another activity delivers',
      'complete',
      (json) => json.replaceAll('"deliverPostback"', '"sendPostback"'),
    ],
    ['a child under another id', 'janitor', (json) => json.replaceAll('session:swept', 'session:other')],
    ['a claim of another workflow', 'settle-claim', (json) => json.replaceAll('"recordOutcome"', '"expireSession"')],
  ])('%s', async (_name, way, alter) => {
    const json = textOf(`session-v1-${way}.json`)
    const altered = alter(json)
    expect(altered).not.toBe(json)
    await expect(replay(altered)).rejects.toThrow(/[Nn]ondeterminism|determinis/)
  })
})
