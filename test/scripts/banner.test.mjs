import http from 'node:http'
import path from 'node:path'
import { expect, it } from 'vitest'
import { banner, countSurveys, firstBuyer } from '../../scripts/banner.mjs'
import { checkout } from '../../scripts/checkout.mjs'

const facts = { api: 'http://127.0.0.1:8080', temporalUi: null, data: '/data', configuration: '/c', panel: undefined }

it('prints the buyer’s view and the sandbox buyer’s key, and never a user’s key', async () => {
  const buyer = await firstBuyer(path.join(checkout, 'sandbox', 'tributary.sandbox.yaml'), {})
  const text = banner({ ...facts, demo: 'http://127.0.0.1:8090/demo', buyer, showKey: true })
  expect(text).toContain('http://127.0.0.1:8090/demo/buyer')
  expect(text).toContain('acme, key dk_test_acme')
  expect(banner({ ...facts, demo: null, buyer, showKey: false })).not.toContain('dk_test_acme')
  expect(await firstBuyer('/nowhere.yaml', {})).toBeUndefined()
})

it('counts the surveys of a slow API, and does not wait for a list that never comes', async () => {
  let asked = 0
  const server = http.createServer((request, response) => {
    asked += 1
    if (asked < 3) return request.socket.destroy()
    const connections = [
      { id: 'polled', state: 'healthy', surveys_open: 7 },
      { id: 'asked', state: 'starting', surveys_open: 0 },
    ]
    response.end(JSON.stringify({ connections }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const counted = await countSurveys(`http://127.0.0.1:${server.address().port}`, 'key', { answer: 60_000, polls: 300 })
  expect(counted).toEqual([{ id: 'polled', surveys: 7 }])
  server.close()
})
