import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, test } from 'vitest'
import { historyFromText } from '../support/history.js'
import { testWorkflowBundle } from '../support/temporal.js'

const folder = new URL('histories/', import.meta.url)
const recorded = readdirSync(folder).filter((file) => file.startsWith('plan-'))
const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
let bundle: { code: string }

beforeAll(async () => {
  bundle = await testWorkflowBundle()
})

const replay = (json: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: bundle }, historyFromText(json), 'plan:replayed')

describe('plans that earlier versions started continue', () => {
  test('there is a recorded history of every path', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(6)
  })

  test.each(recorded)('%s', async (file) => {
    await replay(textOf(file))
  })
})

describe('replay notices', () => {
  test.each<[string, string, (json: string) => string]>([
    ['an activity under another name', 'finish-date', (json) => json.replaceAll('"lookAfterPlan"', '"lookAtPlan"')],
    ['a signal under another name', 'closed-by-the-buyer', (json) => json.replaceAll('"planChanged"', '"other"')],
    ['a plan under another id', 'janitor', (json) => json.replaceAll('plan:swept', 'plan:other')],
  ])('%s', async (_name, way, alter) => {
    const json = textOf(`plan-v1-${way}.json`)
    const altered = alter(json)
    expect(altered).not.toBe(json)
    await expect(replay(altered)).rejects.toThrow(/[Nn]ondeterminism|determinis/)
  })
})
