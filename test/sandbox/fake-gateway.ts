import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type Heard, startListener } from './support.js'

interface Plan {
  id: string
  surveyId: string
  body: Record<string, unknown> & { quotas: { id: string; target_completes?: number; qualifications: unknown[] }[] }
  status: string
  ackId: number
  metrics: Record<string, Record<string, number>>
  filled: Record<string, number>
}

interface Session {
  token: string
  plan: Plan
  panel: string
  panelistId: string
  quotaId: string | undefined
  profile: unknown
  outcome?: string
}

export const BUYER_KEYS: Record<string, string> = { dk_test_acme: 'acme', dk_test_globex: 'globex' }
const PANEL_KEYS: Record<string, string> = { tk_test_lifepoints: 'lifepoints', tk_test_toplife: 'toplife' }
const PLATFORM_KEY = 'pk_test_decipher'

/**
 * The gateway that the sandbox's buyer, platform and panels call, made from the document's examples: enough to field a
 * plan in one process. `answers` replaces the answer of a route.
 */
export async function startFakeGateway(answers: Record<string, { status: number; body?: unknown }> = {}) {
  const keys = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }
  const plans: Plan[] = []
  const sessions: Session[] = []
  const templates = new Set<string>()
  const acked: Record<string, number> = {}
  const tokens: Record<string, string> = {}
  let counter = 0
  let base = ''

  async function homeOf(session: Session): Promise<string> {
    const token = await new SignJWT({ session_id: session.token, outcome: session.outcome, jti: `j-${++counter}` })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(base)
      .setAudience(session.panel)
      .setExpirationTime('5 min')
      .sign(keys.privateKey)
    return `http://panel.invalid/done?token=${token}`
  }

  /** The first outcome counts; from then on there is a redirect. */
  async function settle(session: Session, outcome: string): Promise<void> {
    if (session.outcome) return
    session.outcome = outcome
    const metrics = session.plan.metrics[session.panel] ?? {}
    session.plan.metrics[session.panel] = metrics
    metrics[outcome] = (metrics[outcome] ?? 0) + 1
    const { filled } = session.plan
    if (outcome === 'COMPLETED' && session.quotaId) filled[session.quotaId] = (filled[session.quotaId] ?? 0) + 1
    session.plan.ackId = ++counter
    tokens[session.token] = await homeOf(session)
  }

  const completesOf = (plan: Plan) => Object.values(plan.metrics).reduce((sum, one) => sum + (one.COMPLETED ?? 0), 0)
  const availableOf = (plan: Plan, quota: Plan['body']['quotas'][number]) =>
    (quota.target_completes ?? 0) - (plan.filled[quota.id] ?? 0)

  function viewOf(plan: Plan): unknown {
    const counts = Object.values(plan.metrics)
    const ended = counts.reduce((sum, one) => sum + Object.values(one).reduce((all, count) => all + count, 0), 0)
    return {
      survey_plan: {
        ...plan.body,
        id: plan.id,
        status: plan.status,
        quotas: plan.body.quotas.map((quota) => ({ ...quota, status: 'OPEN' })),
      },
      available_completes: {
        survey: Number(plan.body.target_completes) - completesOf(plan),
        quotas: Object.fromEntries(plan.body.quotas.map((quota) => [quota.id, availableOf(plan, quota)])),
      },
      survey_performance: {
        completes: completesOf(plan),
        failures: ended - completesOf(plan),
        status_metrics: plan.metrics,
      },
    }
  }

  function updateOf(plan: Plan, panel: string): unknown {
    const { body } = plan
    const asText = (qualifications: unknown[]) =>
      (
        qualifications as { question_id: string; qualifying_answers: (string | { start: number; end: number })[] }[]
      ).map(({ question_id, qualifying_answers }) => ({
        question_id,
        qualifying_answers: qualifying_answers.map((one) =>
          typeof one === 'string' ? one : `${one.start}-${one.end}`,
        ),
      }))
    return {
      version: `${plan.ackId}:1`,
      ack_id: plan.ackId,
      survey_session_creation_url: `${base}/panels/${panel}/session/${plan.surveyId}`,
      survey_plan: {
        id: plan.surveyId,
        country: body.country,
        status: plan.status,
        available_completes: 10,
        qualifications: asText(body.qualifications as unknown[]),
        quotas: body.quotas.map((quota) => ({
          id: quota.id,
          status: 'OPEN',
          available_completes: availableOf(plan, quota),
          qualifications: asText(quota.qualifications),
        })),
      },
    }
  }

  const gateway = await startListener(async ({ method, path, headers, body }) => {
    const key = String(headers['x-api-key'])
    const buyer = BUYER_KEYS[key]
    const panel = PANEL_KEYS[key]
    const sent = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)
    const { pathname, searchParams } = new URL(path, 'http://gateway')
    const parts = pathname.split('/').slice(1).map(decodeURIComponent)
    const route = `${method} ${pathname}`
    const set = answers[route]
    if (set) return set
    if (route === 'GET /.well-known/jwks.json') return { status: 200, body: { keys: [jwk] } }

    if (parts[0] === 'panelist-outcome' && method === 'GET') {
      const session = sessions.find(({ token }) => token === searchParams.get('t'))
      if (!session) return { status: 404, body: '' }
      await settle(session, parts[1]?.toUpperCase() ?? '')
      return { status: 302, headers: { location: tokens[session.token] ?? '' } }
    }
    if (parts[0] === 'sessions' && parts[1] === 'start') {
      const session = sessions.find(({ token }) => token === parts[2])
      const address = String(session?.plan.body.survey_url).replace('((SESSION_ID))', parts[2] ?? '')
      const joined = address.includes(parts[2] ?? '') ? address : `${address}?t=${parts[2]}`
      return { status: 302, headers: { location: joined.replace('((PANELIST_ID))', session?.panelistId ?? '') } }
    }
    if (parts[0] === 'sessions' && parts[1] === 'finish')
      return { status: 302, headers: { location: tokens[parts[2] ?? ''] ?? '' } }

    if (parts[0] === 'sessions' || route === 'POST /panelist-outcome') {
      if (key !== PLATFORM_KEY) return { status: 401, body: { code: '401', message: 'no platform' } }
      const token = route === 'POST /panelist-outcome' ? String(sent.session_id) : parts[1]
      const session = sessions.find((one) => one.token === token)
      if (!session) return { status: 400, body: { code: '400', message: 'no such session', details: [] } }
      if (method === 'POST') {
        await settle(session, String(sent.outcome))
        return { status: 200, body: { redirect_url: `${base}/sessions/finish/${token}` } }
      }
      const { plan, panelistId: panelist_id, profile: panelist_profile } = session
      const survey = { survey_platform_id: 'DECIPHER', survey_id: plan.body.survey_id }
      const supplier_id = session.panel.toUpperCase()
      return { status: 200, body: { session_id: token, ...survey, supplier_id, panelist_id, panelist_profile } }
    }

    if (route === 'GET /surveys' || route === 'POST /surveys/ack' || parts[0] === 'panels') {
      if (!panel) return { status: 401, body: { code: '401', message: 'no panel' } }
      if (route === 'GET /surveys') {
        const news = plans
          .filter(({ ackId }) => ackId > (acked[panel] ?? 0))
          .sort((one, other) => one.ackId - other.ackId)
        return { status: 200, body: news.map((plan) => updateOf(plan, panel)) }
      }
      if (route === 'POST /surveys/ack') {
        acked[panel] = Number(sent.ack_id)
        return { status: 204 }
      }
      const plan = plans.find(({ surveyId }) => surveyId === parts[3])
      if (plan?.status !== 'OPEN')
        return { status: 400, body: { code: '400', message: 'refused', details: [{ message: 'the plan is closed' }] } }
      const token = `tok-${++counter}`
      const quotaId = (sent.target_quota_id as string | undefined) ?? plan.body.quotas[0]?.id
      const { panelist_id: panelistId, panelist_profile: profile } = sent
      sessions.push({ token, plan, panel, quotaId, panelistId: String(panelistId), profile })
      return { status: 200, body: { url: `${base}/sessions/start/${token}` } }
    }

    if (!buyer) return { status: 401, body: { code: '401', message: 'no buyer' } }
    const own = plans.filter((plan) => plan.id.startsWith(`${buyer}-`))
    const plan = own.find(({ id }) => id === (parts[0] === 'v1' ? parts[2] : parts[1]))
    if (route === 'POST /survey-plan') {
      const id = `${buyer}-plan-${++counter}`
      plans.push({
        id,
        surveyId: `sv_${counter}`,
        body: sent as Plan['body'],
        status: 'OPEN',
        ackId: ++counter,
        metrics: {},
        filled: {},
      })
      return { status: 201, body: { id } }
    }
    if (route === 'GET /v1/plans')
      return {
        status: 200,
        body: {
          plans: own.map((one) => ({
            id: one.id,
            survey_id: one.body.survey_id,
            panel_survey_id: one.surveyId,
            status: one.status,
            target_completes: one.body.target_completes,
            completes: completesOf(one),
          })),
          next_cursor: null,
        },
      }
    if (route === 'GET /targeting-panels')
      return {
        status: 200,
        body: {
          lifepoints: { USA: { locales: ['en-US', 'es-US'], currency: 'USD' } },
          toplife: { USA: { locales: ['en-US'], currency: 'USD' } },
        },
      }
    if (parts[1] === 'templates') {
      const template = `${buyer}-${parts[2]}`
      if (method === 'PUT') templates.add(template)
      return { status: templates.has(template) ? 200 : 404, body: {} }
    }
    if (!plan) return { status: 404, body: { code: '404', message: 'Not Found', success: false } }
    if (parts[0] === 'v1') {
      const policy = { overage: 0, accept_unsigned: false, flexibility_percent: 100, allocations: {} }
      return { status: 200, body: policy }
    }
    if (method === 'PATCH') {
      plan.status = parts.length > 2 ? plan.status : String(sent.status)
      plan.ackId = ++counter
      return { status: 200, body: { id: plan.id, message: 'updated' } }
    }
    if (method === 'DELETE') {
      plans.splice(plans.indexOf(plan), 1)
      return { status: 204 }
    }
    return { status: 200, body: viewOf(plan) }
  })
  base = gateway.url

  return {
    url: base,
    heard: gateway.heard as readonly Heard[],
    plans: plans as readonly Plan[],
    sessions: sessions as readonly Session[],
    templates: templates as ReadonlySet<string>,
    answers,
  }
}
