import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, test } from 'vitest'
import { failpointSinks } from '../../workers/failpoint-sinks.js'
import { historyFromText } from '../support/history.js'
import { testWorkflowBundle } from '../support/temporal.js'

const folder = new URL('histories/', import.meta.url)
const recorded = readdirSync(folder).filter((file) => file.startsWith('poll-provider-'))
const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
let bundle: { code: string }

beforeAll(async () => {
  bundle = await testWorkflowBundle()
})

const replay = (text: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: bundle, sinks: failpointSinks }, historyFromText(text), 'poll:kantar-us')

describe('loops that earlier versions started continue', () => {
  test('there are recorded histories', () => {
    const recorder = fileURLToPath(new URL('./record-poll.ts', import.meta.url))
    expect(recorded.length, `record some with: node --import tsx ${recorder} v1`).toBeGreaterThanOrEqual(2)
  })

  test.each(recorded)('%s', async (file) => {
    await replay(textOf(file))
  })
})

describe('replay notices', () => {
  const first = 'poll-provider-v1-failures-pause-continue-as-new.json'
  test.each([
    ['an activity under another name', (json: string) => json.replaceAll('"pollAndStore"', '"pollAndKeep"')],
    [
      'an acknowledgement that was skipped',
      (json: string) => json.replaceAll('"toAcknowledge":"1"', '"toAcknowledge":null'),
    ],
  ])('%s', async (_name, alter) => {
    const decoded = withPlainPayloads(textOf(first))
    const altered = alter(decoded)
    expect(altered).not.toBe(decoded)
    await expect(replay(withBase64Payloads(altered))).rejects.toThrow(/[Nn]ondeterminism|determinis/)
  })
})

/** Decodes a history's base64 payloads, so that a test can change one. */
function withPlainPayloads(json: string): string {
  return JSON.stringify(JSON.parse(json, (key, value) => (key === 'data' ? { plain: parsed(value) } : value)))
}

function withBase64Payloads(json: string): string {
  return JSON.stringify(
    JSON.parse(json, (key, value) =>
      key === 'data' ? Buffer.from(JSON.stringify(value.plain)).toString('base64') : value,
    ),
  )
}

function parsed(base64: string): unknown {
  return JSON.parse(Buffer.from(base64, 'base64').toString())
}
