import { expect, it } from 'vitest'
import { checkProofs } from '../../cli/doctor/proofs.js'
import { readText, soundWith } from '../platform/config/reading.js'

it('names the arrivals whose session nothing proves, and no other', () => {
  const header = { kind: 'header', parameter: 'x-key', secret: 's3cret' }
  const { connections } = readText(
    soundWith({
      'connections.0.postbacks': { verify: { kind: 'none' } },
      'connections.1.postbacks.member_status': { verify: header },
      'connections.1.postbacks.quota_status': { verify: header },
    }),
  )
  const found = checkProofs(connections)
  expect(found.map(({ state, part }) => [state, part])).toEqual([
    ['warn', 'connection k postbacks'],
    ['warn', 'connection t postbacks.member_status'],
  ])
  expect(JSON.stringify(found)).not.toContain('s3cret')
})
