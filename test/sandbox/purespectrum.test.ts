import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { SupplySurvey } from '../../sandbox/purespectrum/wire.js'
import { startListener } from './purespectrum-support.js'
import { startSandbox } from './support.js'

const TOKEN = { 'access-token': 'purespectrum-sandbox-token' }

async function start(options: Parameters<typeof startSandbox>[0] = {}) {
  const sandbox = await startSandbox({ seed: 'ps', purespectrum: { surveys: 40 }, ...options })
  const api = `${sandbox.base}/purespectrum`
  const get = (path: string, headers: Record<string, string> = TOKEN) =>
    fetch(`${api}${path}`, { headers, redirect: 'manual' })
  const post = (path: string, headers: Record<string, string> = TOKEN) =>
    fetch(`${api}${path}`, { method: 'POST', headers, redirect: 'manual' })
  const surveys = sandbox.purespectrum.surveys
  const open = () => {
    const found = surveys
      .live()
      .find(
        ({ quotas, survey_grouping: group }) => !group && quotas.every((quota) => quota.quantities.currently_open > 0),
      )
    if (!found) throw new Error('no open survey')
    return String(found.survey_id)
  }
  return { sandbox, get, post, surveys, open }
}

interface Answered {
  surveys: SupplySurvey[]
  survey: SupplySurvey
  survey_entry_url: string
}
const read = async (answer: Response) => (await answer.json()) as Answered

const entry = (survey: string, sid: string, more = '') =>
  `/surveydynamic?survey_id=${survey}&supplier_id=49&ps_supplier_respondent_id=p-1&ps_supplier_sid=${sid}${more}`

describe('the simulated PureSpectrum', () => {
  test('requires its token', async () => {
    const { get } = await start()
    expect((await get('/suppliers/v2/surveys', {})).status).toBe(401)
    const wrong = await get('/suppliers/v2/surveys', { 'access-token': 'x' })
    expect(wrong.status).toBe(403)
    expect(await wrong.json()).toMatchObject({ apiStatus: 'failure', msg: expect.any(String) })
  })

  test('lists live surveys without quotas, and has the rest at a survey’s own address', async () => {
    const { get, surveys } = await start()
    const list = await read(await get('/suppliers/v2/surveys'))
    expect(list).toMatchObject({ apiStatus: 'success' })
    expect(list.surveys).toHaveLength(surveys.live().length)
    expect(list.surveys[0]).not.toHaveProperty('quotas')
    const one = await read(await get(`/suppliers/v2/surveys/${list.surveys[0]?.survey_id}`))
    expect(one.survey).toMatchObject({ quotas: expect.any(Array), qualifications: expect.any(Array) })
    const { guaranteed_allocation: guaranteed, guaranteed_allocation_remaining: left } =
      list.surveys.find((survey) => survey.supplier_completes?.guaranteed_allocation)?.supplier_completes ?? {}
    expect(guaranteed).toBeGreaterThan(0)
    expect(left).toBe(guaranteed)
  })

  test('has its filters; an empty result is a success without a list', async () => {
    const { get, surveys } = await start()
    const id = String(surveys.live()[0]?.survey_id)
    surveys.change(id, { survey_status: 33 })
    const paused = await read(await get('/suppliers/v2/surveys?survey_status=33'))
    expect(paused.surveys).toHaveLength(1)
    const modified = paused.surveys[0]?.mod_on ?? 0
    expect(await (await get(`/suppliers/v2/surveys?survey_status=33&mod_on=${modified + 1}`)).json()).toEqual({
      apiStatus: 'success',
      msg: 'No surveys found',
    })
    expect((await get('/suppliers/v2/surveys?survey_status=7')).status).toBe(400)
    expect((await get('/suppliers/v2/surveys?page=2')).status).toBe(400)
  })

  test('registers for live surveys only, and requires intent_count', async () => {
    const { post, surveys, open } = await start()
    const id = open()
    expect((await post(`/suppliers/v2/surveys/register/${id}`)).status).toBe(400)
    const done = await read(await post(`/suppliers/v2/surveys/register/${id}?intent_count=1`))
    expect(done.survey_entry_url).toContain(`/purespectrum/surveydynamic?survey_id=${id}`)
    surveys.change(id, { survey_status: 44 })
    expect((await post(`/suppliers/v2/surveys/register/${id}?intent_count=1`)).status).toBe(400)
    expect((await post('/suppliers/v2/surveys/register/1?intent_count=1')).status).toBe(404)
  })

  test('requires all parameters at entry, and shows the outcomes to click', async () => {
    const { get, open } = await start()
    const id = open()
    expect((await get(entry(id, 's-1').replace('&ps_supplier_sid=s-1', ''))).status).toBe(400)
    expect((await get(entry(id, 's-1').replace('supplier_id=49', 'supplier_id=50'))).status).toBe(400)
    expect((await get(entry(id, 's-1', '&sex=male'))).status).toBe(400)
    const page = await get(entry(id, 's-1', '&211=112&212=34'))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('value="21"')
  })

  test('signs the return over the whole address and its secret', async () => {
    const { get, open } = await start()
    const home = (await get(entry(open(), 's-1', '&auto=13'))).headers.get('location') ?? ''
    const [signed = '', hash] = home.split('&ps_hash=')
    expect(signed).toContain('/returns/purespectrum-sandbox?ps_rstatus=13&ps_supplier_sid=s-1')
    expect(hash).toBe(createHash('sha1').update(`${signed}purespectrum-sandbox-secret`).digest('hex'))
  })

  test('refuses an entry to closed surveys, closed quotas and groups', async () => {
    const { get, surveys, open, sandbox } = await start()
    const id = open()
    const codeOf = async (path: string) =>
      new URL((await get(path)).headers.get('location') ?? '').searchParams.get('ps_rstatus')
    const closed = [{ qualification_code: 211, condition_codes: ['112'] }]
    const counts = { currently_open: 0, remaining: 25, achieved: 0 }
    surveys.change(id, {
      quotas: [
        { quota_id: 'q', quantities: counts, criteria: closed, crtd_on: 1, mod_on: 1, last_complete_date: null },
      ],
    })
    expect(await codeOf(entry(id, 's-1', '&211=112'))).toBe('12')
    expect((await get(entry(id, 's-2', '&211=111'))).status).toBe(200)
    surveys.change(id, { quotas: [], survey_grouping: { survey_ids: [77], exclusion_period: 30 } })
    const visit = sandbox.purespectrum.sessions.enter({
      supplierSid: 's-0',
      surveyId: '77',
      respondentId: 'p-1',
      known: {},
    })
    sandbox.purespectrum.sessions.end(visit, 21)
    expect(await codeOf(entry(id, 's-3'))).toBe('32')
    surveys.change(id, { survey_status: 33 })
    expect(await codeOf(entry(id, 's-4'))).toBe('22')
  })

  test('calls back until a 2xx, a complete by POST, a reversal by GET, and counts both', async () => {
    const listener = await startListener([500, 200, 200])
    const { get, open, surveys, sandbox } = await start({ apiUrl: listener.url })
    const id = open()
    surveys.change(id, {
      supplier_completes: {
        needed: 9,
        achieved: 2,
        remaining: 7,
        guaranteed_allocation: 2,
        guaranteed_allocation_remaining: 0,
      },
    })
    await get(entry(id, 's-1', '&auto=21'))
    expect(surveys.get(id)?.supplier_completes).toMatchObject({
      achieved: 3,
      remaining: 6,
      // beyond the guarantee their own figure is negative
      guaranteed_allocation_remaining: -1,
    })
    const visit = sandbox.purespectrum.sessions.get('s-1')
    if (!visit) expect.unreachable()
    await sandbox.purespectrum.outcomes.reverse(visit, 13)
    expect(listener.seen.map(({ method, url }) => `${method} ${new URL(url, listener.url).pathname}`)).toEqual([
      'POST /postbacks/purespectrum-sandbox/complete',
      'POST /postbacks/purespectrum-sandbox/complete',
      'GET /postbacks/purespectrum-sandbox/reversal',
    ])
    expect(listener.seen[2]?.url).toContain('ps_rstatus=13&oldStatus=21&supSid=s-1')
    expect(surveys.get(id)?.supplier_completes).toMatchObject({ achieved: 2, remaining: 7 })
    await listener.close()
  })

  test('changes periodically, the same for the same seed, and updates mod_on', async () => {
    const [one, other] = [await start(), await start()]
    const before = new Map(one.surveys.all().map((survey) => [String(survey.survey_id), survey.mod_on]))
    const changes = Array.from({ length: 60 }, () => one.sandbox.purespectrum.ticker.tick()).flat()
    expect(Array.from({ length: 60 }, () => other.sandbox.purespectrum.ticker.tick()).flat()).toEqual(changes)
    expect(new Set(changes.map(({ change }) => change)).size).toBeGreaterThan(6)
    for (const { survey } of changes) {
      const now = one.surveys.get(survey)?.mod_on
      if (now !== undefined) expect(now).toBeGreaterThan(before.get(survey) ?? 0)
    }
  })

  test('obeys fault switches, and serves a spoiled survey unchanged', async () => {
    const { get, surveys, open, sandbox } = await start()
    sandbox.faults.set('purespectrum.list', { status: 429, retry_after: 7, count: 1 })
    const limited = await get('/suppliers/v2/surveys')
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await get('/suppliers/v2/surveys')).status).toBe(200)
    const id = open()
    surveys.spoil(id, '{"survey":{"survey_ids":[012345]}}')
    expect(await (await get(`/suppliers/v2/surveys/${id}`)).text()).toBe('{"survey":{"survey_ids":[012345]}}')
  })
})
