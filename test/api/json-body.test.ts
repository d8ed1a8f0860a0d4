import express, { type Request, type Response } from 'express'
import supertest from 'supertest'
import { expect, test } from 'vitest'
import { gatewayErrors } from '../../api/http/gateway-errors.js'
import { jsonBody } from '../../api/http/json-body.js'
import { customPanelData } from '../../api/panel/fields.js'
import { PanelistSurveyOutcome } from '../../api/router/schemas.js'
import { createLogger } from '../../platform/logger.js'

const app = express()
app.post('/', jsonBody(), (request: Request, response: Response) => {
  response.json({
    outcome: PanelistSurveyOutcome.safeParse({ session_id: 's', outcome: 'COMPLETED', metadata: request.body }).success,
    data: customPanelData.safeParse(request.body).success,
  })
})
app.use(gatewayErrors(createLogger('test', 'silent')))

const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
const post = (body: string) => supertest(app).post('/').set('content-type', 'application/json').send(body)

test.each([65, 5_000, 40_000])('a body of %i levels is 400', async (levels) => {
  const { status, body } = await post(nested(levels))
  expect([status, body.message]).toEqual([400, expect.stringContaining('64 levels')])
})

test('a body of a usual number of levels is read', async () => {
  const { status, body } = await post(nested(64))
  expect([status, body]).toEqual([200, { outcome: true, data: true }])
})
