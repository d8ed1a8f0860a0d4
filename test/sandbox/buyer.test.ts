import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { SANDBOX_BUYERS } from '../../sandbox/buyer/accounts.js'
import { createProgressBook } from '../../sandbox/buyer/progress.js'
import { createClock } from '../../sandbox/clock.js'
import { SANDBOX_PANELS } from '../../sandbox/fieldwork/index.js'
import { SANDBOX_PLATFORM } from '../../sandbox/survey-platform/index.js'
import { startFakeGateway } from './fake-gateway.js'
import { eventually, startSandbox } from './support.js'

async function start(answers: Record<string, { status: number; body?: unknown }> = {}, warnings: string[] = []) {
  const gateway = await startFakeGateway(answers)
  const sandbox = await startSandbox({
    apiUrl: gateway.url,
    kantar: { plans: 0 },
    buyer: { warn: (line) => void warnings.push(line) },
  })
  const page = async (path: string, form?: Record<string, string>) => {
    const response = await fetch(`${sandbox.base}${path}`, {
      redirect: 'manual',
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
    return { status: response.status, text: await response.text(), to: response.headers.get('location') ?? '' }
  }
  return { gateway, sandbox, page, warnings }
}

async function startLaunched() {
  const started = await start()
  await started.sandbox.buyers.launch()
  const [plan] = started.gateway.plans
  if (!plan) throw new Error('no plan was launched')
  return { ...started, plan, path: `/demo/buyer/acme/plans/${plan.id}` }
}

/** Addresses of the policies of the first plans: acme's two have one. */
const policies = (gateway: { plans: readonly { id: string }[] }) =>
  gateway.plans.slice(0, 2).map(({ id }) => `/v1/plans/${id}/policy`)

describe('the first plans', () => {
  test('are launched once, each with its buyer’s key, at the sandbox’s own survey platform', async () => {
    const { gateway, sandbox } = await start()
    expect(await sandbox.buyers.launch()).toEqual({
      'acme-snacks': 'launched',
      'acme-streaming': 'launched',
      'globex-commuting': 'launched',
    })
    expect(gateway.plans.map(({ id }) => id.split('-')[0])).toEqual(['acme', 'acme', 'globex'])
    expect(gateway.plans[0]?.body.survey_url).toBe(`${sandbox.base}/survey-platform/surveys/snacks`)
    expect(gateway.plans[1]?.body).toMatchObject({
      survey_platform: 'NON_INTEGRATED_SURVEY_PLATFORM',
      survey_url: expect.stringContaining('((SESSION_ID))'),
    })
    expect(await sandbox.buyers.launch()).toEqual({
      'acme-snacks': 'there',
      'acme-streaming': 'there',
      'globex-commuting': 'there',
    })
    expect(gateway.plans).toHaveLength(3)
    expect([...gateway.templates]).toEqual(['acme-145001'])
    const puts = gateway.heard.filter(({ method }) => method === 'PUT').map(({ path }) => path)
    expect(puts).toEqual([...policies(gateway), '/v1/templates/145001'])
  })

  test('wait for a Tributary that is not ready, and are not reopened once closed', async () => {
    const { gateway, sandbox } = await start({ 'POST /survey-plan': { status: 503 } })
    const launching = sandbox.buyers.launch()
    await eventually(() => gateway.heard.filter(({ method }) => method === 'POST').length > 2)
    delete gateway.answers['POST /survey-plan']
    expect(await launching).toMatchObject({ 'acme-snacks': 'launched' })
    const [plan] = gateway.plans
    if (plan) plan.status = 'CLOSED'
    expect(await sandbox.buyers.launch()).toMatchObject({ 'acme-snacks': 'there' })
  })

  test('get their policy, also when Tributary answers 503 in between', async () => {
    const { gateway, sandbox } = await start({ 'PUT /v1/plans/acme-plan-1/policy': { status: 503 } })
    const launching = sandbox.buyers.launch()
    const tries = () => gateway.heard.filter(({ method, path }) => method === 'PUT' && path.endsWith('1/policy'))
    await eventually(() => tries().length > 1)
    delete gateway.answers['PUT /v1/plans/acme-plan-1/policy']
    expect(await launching).toMatchObject({ 'acme-snacks': 'launched' })
    expect(gateway.plans).toHaveLength(3)
    expect(JSON.parse(tries().at(-1)?.body ?? '')).toMatchObject({ overage: 2 })
  })

  test('are launched again when the sandbox has another address', async () => {
    const { gateway, sandbox } = await startLaunched()
    const second = await startSandbox({ apiUrl: gateway.url, kantar: { plans: 0 } })
    expect(second.base).not.toBe(sandbox.base)
    expect(await second.buyers.launch()).toMatchObject({ 'acme-snacks': 'relaunched' })
    expect(gateway.plans.map(({ body, status }) => [body.survey_id, status])).toContainEqual(['acme-snacks', 'CLOSED'])
    expect(gateway.plans.filter(({ status }) => status === 'OPEN')).toHaveLength(3)
  })

  test('a refusal is logged in one line and not retried', async () => {
    const body = { code: '400', message: '1 fault', details: [{ constraint: 'x', field: 'country', message: 'no' }] }
    const { gateway, sandbox, warnings } = await start({
      'POST /survey-plan': { status: 400, body },
      'GET /v1/plans': { status: 401, body: {} },
    })
    await sandbox.buyers.launch()
    expect(warnings).toHaveLength(3)
    expect(warnings[0]).toContain('does not know its key')
    delete gateway.answers['GET /v1/plans']
    await sandbox.buyers.launch()
    expect(warnings[3]).toContain('country')
    expect(gateway.heard.filter(({ path }) => path === '/survey-plan')).toHaveLength(3)
  })
})

describe('the buyer’s view', () => {
  test('lists a buyer’s own plans, and no other buyer’s', async () => {
    const { page, plan } = await startLaunched()
    const acme = await page('/demo/buyer')
    expect(acme.text).toContain('acme-snacks')
    expect(acme.text).not.toContain('globex-commuting')
    expect((await page('/demo/buyer/globex')).text).toContain('globex-commuting')
    expect((await page(`/demo/buyer/globex/plans/${plan.id}`)).status).toBe(404)
    expect((await page('/demo/buyer/nobody')).status).toBe(404)
    for (const key of ['dk_test', 'tk_test', 'pk_test']) expect(acme.text).not.toContain(key)
  })

  test('shows figures, quotas, performance per panel, policy and plots, without a script', async () => {
    const { page, path, plan } = await startLaunched()
    Object.assign(plan.metrics, {
      lifepoints: { COMPLETED: 3, TERMINATED: 2 },
      toplife: { COMPLETED: 1, QUOTA_FULL: 4 },
    })
    plan.filled['women-16-34'] = 3
    const { text } = await page(path)
    for (const words of ['4 of 40', '36', '3 / 12', 'women-16-34', 'Completes over time', 'How sessions ended'])
      expect(text).toContain(words)
    expect(text).toContain('lifepoints: 5 sessions (3 COMPLETED, 2 TERMINATED). toplife: 5 sessions')
    expect(text).toContain('4 of 40 completes and 6 sessions not completed')
    expect(text).toContain('$4.50 a complete')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('style="')
    expect(text).not.toContain('http-equiv="refresh"')
    expect((await page(`${path}?live=1`)).text).toContain(`http-equiv="refresh" content="3; url=${path}?live=1"`)
  })

  test('changes the status of a plan and of a quota, and deletes a closed plan', async () => {
    const { page, path, plan, gateway } = await startLaunched()
    expect(await page(`${path}/status`, { status: 'PAUSED' })).toMatchObject({ status: 303, to: path })
    expect(plan.status).toBe('PAUSED')
    expect((await page(`${path}/status`, { status: 'GONE' })).status).toBe(400)
    await page(`${path}/quotas/women-16-34/status`, { status: 'CLOSED' })
    const patch = gateway.heard.findLast(({ method }) => method === 'PATCH')
    expect([patch?.path, patch?.body]).toEqual([
      `/survey-plans/${plan.id}/quotas/women-16-34`,
      JSON.stringify({ status: 'CLOSED' }),
    ])
    expect(await page(`${path}/delete`, {})).toMatchObject({ status: 303, to: '/demo/buyer/acme' })
    expect(gateway.plans).toHaveLength(2)
  })

  test('sends the whole policy, an emptied allocation as null, and shows faults by field', async () => {
    const { page, path, plan, gateway } = await startLaunched()
    const form = { overage: '2', accept_unsigned: 'yes', flexibility_percent: '25', soft_completes: '', soft_pause: '' }
    const allocations = { 'allocation:lifepoints': '10', 'allocation:toplife': '' }
    expect((await page(`${path}/policy`, { ...form, ...allocations })).to).toBe(path)
    const put = gateway.heard.findLast(({ method }) => method === 'PUT')
    expect(JSON.parse(put?.body ?? '')).toEqual({
      overage: 2,
      accept_unsigned: true,
      flexibility_percent: 25,
      allocations: { lifepoints: 10, toplife: null },
      soft_launch: null,
    })
    gateway.answers[`PUT /v1/plans/${plan.id}/policy`] = {
      status: 400,
      body: { title: 'not so', errors: [{ field: 'allocations.lifepoints', message: 'is more than the target' }] },
    }
    const refused = await page(`${path}/policy`, { ...form, 'allocation:lifepoints': '99' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('<code>allocations.lifepoints</code> is more than the target')
    expect(refused.text).toContain('name="allocation:lifepoints" value="99"')
  })

  test('launches the form’s plan for every panel of the country, and shows every fault', async () => {
    const { page, gateway } = await start()
    const form = {
      survey_id: 'tea & <cake>',
      country: 'USA',
      target_completes: '11',
      cpi: '250',
      loi: '5',
      age_from: '18',
      age_to: '65',
      quotas: 'age',
      platform: 'DECIPHER',
      finish: '1h',
    }
    const { to } = await page('/demo/buyer/acme/launch', form)
    const [plan] = gateway.plans
    expect(to).toBe(`/demo/buyer/acme/plans/${plan?.id}`)
    expect(plan?.body).toMatchObject({
      survey_id: 'tea & <cake>',
      locale: 'en-US',
      target_panels: [{ name: 'lifepoints' }, { name: 'toplife' }],
      pricing: { cpi: 250, unit: 'fractional', currency: 'USD' },
      finish_date: '2026-11-01T13:00:00.000Z',
      quotas: [
        { id: 'younger', target_completes: 6, qualifications: [{ qualifying_answers: [{ start: 18, end: 41 }] }] },
        { id: 'older', target_completes: 5, qualifications: [{ qualifying_answers: [{ start: 42, end: 65 }] }] },
      ],
    })
    gateway.answers['POST /survey-plan'] = {
      status: 400,
      body: {
        code: '400',
        message: '2 faults',
        details: [{ constraint: 'x', field: 'pricing.cpi', message: 'is dear' }],
      },
    }
    const { status, text } = await page('/demo/buyer/acme/launch', form)
    expect(status).toBe(400)
    expect(text).toContain('<code>pricing.cpi</code> is dear')
    expect(text).toContain('value="tea &amp; &lt;cake&gt;"')
  })
})

describe('the survey platform', () => {
  test('reads t, gets the session with its own key, posts the outcome and redirects', async () => {
    const { sandbox, gateway, page, plan } = await startLaunched()
    await createSession(gateway.url, plan.surveyId)
    const [session] = gateway.sessions
    const path = `/survey-platform/surveys/snacks?t=${session?.token}`
    const { status, text } = await page(path)
    expect(status).toBe(200)
    for (const words of ['acme-snacks', 'LIFEPOINTS', 'p-1', 'age: 30', 'QUOTA_FULL']) expect(text).toContain(words)
    expect(gateway.heard.at(-1)?.headers['x-api-key']).toBe('pk_test_decipher')
    const posted = await page(path, { session_id: session?.token ?? '', outcome: 'TERMINATED' })
    expect([posted.status, posted.to]).toEqual([303, `${gateway.url}/sessions/finish/${session?.token}`])
    expect(session?.outcome).toBe('TERMINATED')
    expect(JSON.parse(gateway.heard.at(-1)?.body ?? '')).toMatchObject({
      outcome: 'TERMINATED',
      metadata: { timestamp: '2026-11-01T12:00:00.000Z' },
    })
    expect(sandbox.journal.read({ kind: 'platform.outcome' })).toHaveLength(1)
  })

  test('shows what is missing or refused, and never redirects to an address that is not http', async () => {
    const { gateway, page, sandbox } = await startLaunched()
    expect((await page('/survey-platform/surveys/snacks')).status).toBe(400)
    expect((await page('/survey-platform/surveys/snacks?t=nobody')).text).toContain('no such session')
    expect((await page('/survey-platform/elsewhere')).status).toBe(404)
    gateway.answers['POST /panelist-outcome'] = { status: 200, body: { redirect_url: 'javascript:alert(1)' } }
    const { status, to } = await page('/survey-platform/surveys/snacks', { session_id: 's', outcome: 'COMPLETED' })
    expect([status, to]).toEqual([502, ''])
    expect((await page('/survey-platform/surveys/snacks', { session_id: 's', outcome: 'PERHAPS' })).status).toBe(400)
    sandbox.faults.set('platform.survey', { status: 503, count: 1 })
    expect((await page('/survey-platform/surveys/snacks?t=x')).status).toBe(503)
  })

  test('that is not integrated only links, with the token of its own link', async () => {
    const { gateway, page } = await startLaunched()
    const { text } = await page('/survey-platform/linked/streaming?respondent=a%2Fb&panelist=p-1')
    expect(text).toContain(`href="${gateway.url}/panelist-outcome/quota_full?t=a%2Fb"`)
    const auto = await page('/survey-platform/linked/streaming?respondent=a%2Fb&auto=completed')
    expect([auto.status, auto.to]).toEqual([303, `${gateway.url}/panelist-outcome/completed?t=a%2Fb`])
    expect((await page('/survey-platform/linked/streaming')).status).toBe(400)
  })
})

describe('fielding a plan', () => {
  const done = (sandbox: Awaited<ReturnType<typeof start>>['sandbox'], planId: string) =>
    eventually(() => {
      const run = sandbox.field.latest(planId)
      return run?.state === 'done' && run
    })

  test('polls, acknowledges, creates sessions and finishes each, on both kinds of platform', async () => {
    const { sandbox, gateway, page, plan } = await startLaunched()
    for (const one of gateway.plans.slice(0, 2)) {
      const { to } = await page(`/demo/buyer/acme/plans/${one.id}/field`, { sessions: '12' })
      expect(to).toBe(`/demo/buyer/acme/plans/${one.id}?live=run`)
      const run = await done(sandbox, one.id)
      expect(run).toMatchObject({ lost: 0, refused: {}, note: undefined })
      expect(Object.values(run.outcomes).reduce((sum, count) => sum + count, 0)).toBe(12)
    }
    // the outcomes of the panels are those of the platforms
    const said: Record<string, number> = {}
    for (const { outcome = 'none' } of gateway.sessions) said[outcome] = (said[outcome] ?? 0) + 1
    const heard: Record<string, number> = {}
    for (const one of gateway.plans)
      for (const [outcome, count] of Object.entries(sandbox.field.latest(one.id)?.outcomes ?? {}))
        heard[outcome] = (heard[outcome] ?? 0) + count
    expect(heard).toEqual(said)
    expect(new Set(gateway.sessions.map(({ panel }) => panel))).toEqual(new Set(['lifepoints', 'toplife']))
    expect(gateway.sessions[0]?.profile).toMatchObject({ age: expect.any(Number), sex: expect.any(String) })
    const acks = gateway.heard.filter(({ path }) => path === '/surveys/ack').map(({ body }) => JSON.parse(body).ack_id)
    expect(acks.length).toBeGreaterThan(2)
    const { text } = await page(`/demo/buyer/acme/plans/${plan.id}`)
    expect(text).toContain('Fielded')
  })

  test('refuses a token that is not signed with a published key', async () => {
    const { sandbox, gateway, plan } = await startLaunched()
    gateway.answers['GET /.well-known/jwks.json'] = { status: 200, body: { keys: [] } }
    const surveyUrl = String(plan.body.survey_url)
    const order = { planId: plan.id, panelSurveyId: plan.surveyId, surveyUrl, panels: ['toplife'], sessions: 2 }
    sandbox.field.start(order)
    expect(await done(sandbox, plan.id)).toMatchObject({ outcomes: {}, lost: 2 })
    expect(sandbox.journal.read({ kind: 'field.back' })[0]?.details.problem).toContain('does not publish')
  })

  test('stops when the plan is not open, and sends no respondent to another host', async () => {
    const { sandbox, plan, gateway } = await startLaunched()
    const order = {
      planId: plan.id,
      panelSurveyId: plan.surveyId,
      surveyUrl: String(plan.body.survey_url),
      panels: ['LifePoints'],
      sessions: 5,
    }
    plan.status = 'PAUSED'
    sandbox.field.start(order)
    expect((await done(sandbox, plan.id)).note).toContain('no panel')
    sandbox.field.start({ ...order, surveyUrl: 'https://survey-platform.example/s' })
    expect((await done(sandbox, plan.id)).note).toContain('respondents go to no other')
    sandbox.field.start({ ...order, panels: ['another'] })
    expect((await done(sandbox, plan.id)).note).toContain('plays none of its panels')
    expect(gateway.sessions).toEqual([])
  })

  test('stores an update before it acknowledges it', async () => {
    const gateway = await startFakeGateway()
    const kept: { panel: string[]; acks: number }[] = []
    const acks = () => gateway.heard.filter(({ path }) => path === '/surveys/ack').length
    const sandbox = await startSandbox({
      apiUrl: gateway.url,
      kantar: { plans: 0 },
      field: {
        keep: (feeds) =>
          void kept.push({ panel: (feeds.lifepoints ?? []).map(({ survey_plan }) => survey_plan.id), acks: acks() }),
      },
    })
    await sandbox.buyers.launch()
    const [plan] = gateway.plans
    if (!plan) throw new Error('no plan was launched')
    const surveyUrl = String(plan.body.survey_url)
    const order = { planId: plan.id, panelSurveyId: plan.surveyId, surveyUrl, panels: ['lifepoints'], sessions: 1 }
    sandbox.field.start(order)
    await done(sandbox, plan.id)
    expect(kept[0]).toEqual({ panel: gateway.plans.map(({ surveyId }) => surveyId), acks: 0 })
    expect(acks()).toBe(1)
  })

  test('counts refusals by message, and runs once at a time', async () => {
    const { sandbox, plan, gateway } = await startLaunched()
    gateway.answers[`POST /panels/lifepoints/session/${plan.surveyId}`] = {
      status: 400,
      body: {
        code: '400',
        message: 'refused',
        details: [{ constraint: 'c', field: 'f', message: 'the quota is full' }],
      },
    }
    const order = {
      planId: plan.id,
      panelSurveyId: plan.surveyId,
      surveyUrl: String(plan.body.survey_url),
      panels: ['lifepoints'],
      sessions: 4,
    }
    const run = sandbox.field.start(order)
    expect(sandbox.field.start(order)).toBe(run)
    expect((await done(sandbox, plan.id)).refused).toEqual({ 'the quota is full': 4 })
  })
})

describe('the history of a plan', () => {
  const view = (completes: number) => ({
    survey_plan: { id: 'p' } as never,
    available_completes: { survey: 0, quotas: {} },
    survey_performance: { completes, failures: 0, status_metrics: {} },
  })

  test('keeps at most 600 samples of changes, with the first and the newest', () => {
    const book = createProgressBook(createClock({ start: new Date(0), speed: 0 }))
    for (let completes = 0; completes < 3_000; completes++) {
      book.note(view(completes))
      book.note(view(completes))
    }
    const { samples = [] } = book.of('p') ?? {}
    expect(samples.length).toBeLessThanOrEqual(600)
    expect([samples[0]?.completes, samples.at(-1)?.completes]).toEqual([0, 2_999])
  })

  test('continues while the page is followed', async () => {
    const book = createProgressBook(createClock(), 5)
    let completes = 0
    book.follow('p', async () => view(++completes))
    book.follow('p', async () => view(-1))
    await eventually(() => (book.of('p')?.samples.length ?? 0) >= 3)
    book.close()
    expect(book.of('p')?.samples.map((sample) => sample.completes)).not.toContain(-1)
  })
})

test('the sandbox’s configuration knows its buyers, its survey platform and its panels', () => {
  const file = readFileSync(new URL('../../sandbox/tributary.sandbox.yaml', import.meta.url), 'utf8')
  const config = parse(file)
  expect(config.demand_partners).toEqual(
    SANDBOX_BUYERS.map(({ id, apiKey, buyerId, templates }) => ({ id, buyer_id: buyerId, api_key: apiKey, templates })),
  )
  expect(config.survey_platforms).toEqual([{ id: SANDBOX_PLATFORM.id, api_key: SANDBOX_PLATFORM.apiKey }])
  const panels = (config.panels as { id: string; api_key: string }[]).map(({ id, api_key }) => ({
    id,
    apiKey: api_key,
  }))
  expect(panels).toEqual(SANDBOX_PANELS)
})

async function createSession(api: string, surveyId: string): Promise<void> {
  await fetch(`${api}/panels/lifepoints/session/${surveyId}`, {
    method: 'POST',
    headers: { 'x-api-key': 'tk_test_lifepoints', 'content-type': 'application/json' },
    body: JSON.stringify({ panelist_id: 'p-1', panelist_profile: { age: 30, sex: 'female' } }),
  })
}
