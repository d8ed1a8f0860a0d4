import path from 'node:path'
import { expect, it } from 'vitest'
import { banner, firstBuyer } from '../../scripts/banner.mjs'
import { checkout } from '../../scripts/checkout.mjs'

const facts = { api: 'http://127.0.0.1:8080', temporalUi: null, data: '/data', configuration: '/c', panel: undefined }

it('prints where the buyer’s view is and the sandbox’s buyer with its key, and never the key of a user’s', async () => {
  const buyer = await firstBuyer(path.join(checkout, 'sandbox', 'tributary.sandbox.yaml'), {})
  const text = banner({ ...facts, demo: 'http://127.0.0.1:8090/demo', buyer, showKey: true })
  expect(text).toContain('http://127.0.0.1:8090/demo/buyer')
  expect(text).toContain('acme, key dk_test_acme')
  expect(banner({ ...facts, demo: null, buyer, showKey: false })).not.toContain('dk_test_acme')
  expect(await firstBuyer('/nowhere.yaml', {})).toBeUndefined()
})
