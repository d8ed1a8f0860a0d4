import { describe, expect, test } from 'vitest'
import type { EntryRequest } from '../../../providers/adapter.js'
import type { Http } from '../../../providers/http.js'
import { readSurvey } from '../../../providers/toluna/catalogue.js'
import { toluna } from '../../../providers/toluna/index.js'
import { connection } from './connection.js'
import { pageOf } from './page.js'

const NOW = new Date('2026-11-20T10:00:00Z')
const INVITE = {
  SurveyID: 48506,
  WaveID: 51270,
  QuotaID: 47655,
  PartnerAmount: 0.85,
  URL: 'https://survey.example/go',
  LOI: 9,
}
const REGISTER = 'https://register.example/IntegratedPanelService/api/Respondent'

type Answer = { status?: number; body: unknown }

/** A Toluna with a list of answers per address, given one after the other. */
function scripted(answers: Record<string, Answer[]>): Http & { readonly asked: string[]; readonly bodies: string[] } {
  const asked: string[] = []
  const bodies: string[] = []
  return {
    asked,
    bodies,
    async request({ method, url, body, allowedHosts }) {
      const { host, pathname, search } = new URL(url)
      expect(allowedHosts).toEqual([host])
      const path = `${pathname}${search}`.replace(/^\/IPExternalSamplingService\/ExternalSample\/[^/]+/, '')
      asked.push(`${method} ${path}`)
      if (body !== undefined) bodies.push(body)
      const name = Object.keys(answers).find((part) => path.includes(part)) ?? ''
      const answer = answers[name]?.shift() ?? { status: 500, body: {} }
      const text = JSON.stringify(answer.body)
      return {
        status: answer.status ?? 200,
        headers: {},
        text: async () => text,
        body: (async function* () {
          yield Buffer.from(text)
        })(),
      }
    },
  }
}

function entryOf(panelistId: string): EntryRequest {
  const [record] = JSON.parse(pageOf({}))
  const change = readSurvey(Buffer.from(JSON.stringify(record)), toluna.config.parse(connection))
  if (!('kind' in change) || change.kind !== 'offered') throw new Error('unreadable')
  const quota = change.survey.quotas[0] ?? null
  return {
    sessionId: 's-1',
    panelistId,
    survey: change.survey,
    quota,
    profile: {},
    userIp: null,
    userAgent: null,
    device: null,
  }
}

const call = (http: Http, more: object = {}) => ({
  config: toluna.config.parse({ ...connection, ...more }),
  http,
  now: NOW,
  signal: new AbortController().signal,
})
const live = { body: { QuotaID: 47655, EstimatedCompletesRemaining: 5 } }
const unknownMember = { status: 400, body: { Result: 'NO_MEMBER_FOUND', ResultCode: 12 } }

describe('an invite', () => {
  test('is requested after QuotaStatus answered that the quota is live', async () => {
    const http = scripted({ QuotaStatus: [live], Invite: [{ body: INVITE }] })
    const link = await toluna.entry.open(call(http), entryOf('p-1'))
    expect(http.asked).toEqual(['GET /QuotaStatus/47655', 'GET /p-1/Invite/47655'])
    expect(link).toMatchObject({ url: INVITE.URL, price: { amountMinor: 85n, currency: 'USD' }, loiMinutes: 9 })
  })

  test.each([
    ['not live', { body: { QuotaID: 47655, IsLive: false } }],
    ['nothing remaining', { body: { QuotaID: 47655, EstimatedCompletesRemaining: 0 } }],
    ['a result code with 400', { status: 400, body: { Result: 'QUOTA_NOT_LIVE', ResultCode: 9 } }],
    ['a result code with 200', { body: { Result: 'QUOTA_FULL', ResultCode: 28 } }],
  ])('is not requested when QuotaStatus answers: %s', async (_name, answer) => {
    const http = scripted({ QuotaStatus: [answer] })
    await expect(toluna.entry.open(call(http), entryOf('p-1'))).rejects.toMatchObject({
      kind: 'refused',
      evidence: { effects: [{ kind: 'drop-quota', until: 'refresh' }] },
    })
    expect(http.asked).toHaveLength(1)
  })

  test('registers an unknown member with the code only, and is requested once more', async () => {
    const http = scripted({
      QuotaStatus: [live],
      Invite: [unknownMember, { body: INVITE }],
      Respondent: [{ status: 201, body: {} }],
    })
    await toluna.entry.open(call(http, { registration_url: REGISTER }), entryOf('p-1'))
    expect(http.asked.slice(1)).toEqual([
      'GET /p-1/Invite/47655',
      'POST /IntegratedPanelService/api/Respondent',
      'GET /p-1/Invite/47655',
    ])
    expect(http.bodies.map((body) => JSON.parse(body))).toEqual([
      { PartnerGUID: connection.panel_guid, MemberCode: 'p-1', IsActive: true },
    ])
  })

  test('registers once, and refuses a member who is still unknown', async () => {
    const http = scripted({
      QuotaStatus: [live],
      Invite: [unknownMember, unknownMember],
      Respondent: [{ status: 409, body: {} }],
    })
    await expect(toluna.entry.open(call(http, { registration_url: REGISTER }), entryOf('p-1'))).rejects.toMatchObject({
      kind: 'refused',
      evidence: { code: '12' },
    })
    expect(http.asked).toHaveLength(4)
  })

  test('names the setting where members cannot be registered', async () => {
    const http = scripted({ QuotaStatus: [live], Invite: [unknownMember] })
    await expect(toluna.entry.open(call(http), entryOf('p-1'))).rejects.toThrow(/registration_url/)
  })

  test.each([
    ['a person & co/ü', '/a%20person%20%26%20co%2F%C3%BC/Invite/47655'],
    ['..%2F', '/..%252F/Invite/47655'],
    ['Zoë#1?x', '/Zo%C3%AB%231%3Fx/Invite/47655'],
  ])('keeps the member code %s one path segment', async (code, path) => {
    const http = scripted({ QuotaStatus: [live], Invite: [{ body: INVITE }] })
    await toluna.entry.open(call(http), entryOf(code))
    expect(http.asked.at(-1)).toBe(`GET ${path}`)
  })

  test('is never requested for a member called ".."', async () => {
    const http = scripted({ QuotaStatus: [live], Invite: [{ body: INVITE }] })
    await expect(toluna.entry.open(call(http), entryOf('..'))).rejects.toMatchObject({ kind: 'refused' })
    expect(http.asked).toEqual(['GET /QuotaStatus/47655'])
  })
})

describe('a hashed member code', () => {
  test('is stable and reveals nothing', () => {
    const code = (more: object) => toluna.members?.panelistCode(toluna.config.parse({ ...connection, ...more }), 'ann')
    const hashed = code({ member_code: 'hashed' })
    expect(hashed).toMatch(/^[0-9a-f]{32}$/)
    expect(code({ member_code: 'hashed', panel_guid: connection.panel_guid.toLowerCase() })).toBe(hashed)
    expect(code({})).toBe('ann')
  })
})

describe('members of a recontact quota', () => {
  const read = (answers: Answer[], after: string | null) => {
    const http = scripted({ MemberCodes: answers })
    return { http, page: toluna.members?.fetch(call(http, { recontact_page: 25 }), '12345', after) }
  }
  const page = (codes: string[], more: boolean) => ({
    body: { MaxResults: codes.length, HasAdditionalMembers: more, MemberCodes: codes },
  })

  test('are requested after the last one that was received', async () => {
    const { http, page: answer } = read([page(['b', 'c'], true)], 'a & ü')
    expect(await answer).toEqual({ members: ['b', 'c'], done: false })
    expect(http.asked).toEqual([
      'GET /Recontact/12345/MemberCodes?maxResults=25&lastMemberCodeReceived=a%20%26%20%C3%BC',
    ])
  })

  test.each([
    ['no more', page(['b'], false)],
    ['an empty page that promises more', page([], true)],
    ['the last code once more', page(['a'], true)],
  ])('end with %s', async (_name, answer) => {
    expect(await read([answer], 'a').page).toMatchObject({ done: true })
  })
})
