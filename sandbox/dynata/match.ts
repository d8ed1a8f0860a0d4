import { createCipheriv, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Clock } from '../clock.js'
import { failing, faultOf } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { inShare } from '../random.js'
import { endUserOf, openPayload, type PublisherAccount } from './account.js'
import { errorInfo } from './errors.js'
import type { Inventory, SandboxSurvey } from './inventory.js'
import { ageAt, type People } from './people.js'

export interface MatchParts {
  accounts: readonly PublisherAccount[]
  people: People
  inventory: Inventory
  clock: Clock
  faults: FaultBoard
  journal: Journal
  /** This provider's address for other processes. */
  url: () => string
  /** A code that the next answers have, for any request. */
  forced: () => number | null
}

/** Addresses of a network that belongs to no country (a documentation range): code 7. */
const NOWHERE = /^198\.51\.100\./

interface Asked {
  account: PublisherAccount
  endUser: string
  userId: string
  content: Record<string, unknown>
  iv: string
}

/** POST /publisher/api/v1/surveys/match, strict about the requirements of the document. */
export function createMatch(parts: MatchParts): Router {
  const { accounts, people, inventory, clock, faults, journal } = parts
  const router = Router()
  const seen = new Set<string>()

  router.use(failing(faults, journal, 'dynata.match', (status) => ({ message: `HTTP ${status}` })))
  router.post('/', express.text({ type: () => true, limit: '100kb' }), ((request, response) => {
    const forced = parts.forced()
    const answer = forced === null ? answerTo(request, response) : forced
    if (typeof answer === 'number') {
      journal.record('dynata.refused', { code: answer })
      return void response.json(errorInfo(answer))
    }
    response.json(answer)
  }) satisfies RequestHandler)
  router.all('/', (_request, response) => void response.status(405).json({ message: 'POST it' }))
  return router

  function answerTo(request: Request, response: Response): object | number {
    const asked = read(request)
    if (typeof asked === 'number') return asked
    const { account, endUser, content } = asked
    const { user_ip: ip, user_agent: agent, program_id: program = account.programs[0], user_profile: profile } = content
    if (typeof ip !== 'string' || isIP(ip) === 0) return 5
    for (const flag of ['offers', 'cpi']) if (![undefined, true, false].includes(content[flag] as boolean)) return 5
    if (agent !== undefined && typeof agent !== 'string') return 5
    if (typeof program !== 'string' || !account.programs.includes(program)) return 6
    if (people.isBanned(endUser)) return 3
    if (profile !== undefined) {
      const failed = people.register(endUser, typeof profile === 'object' && profile !== null ? { ...profile } : {})
      if (failed !== null) return failed
    }
    const person = people.find(endUser)
    if (person === null) return 9
    if (NOWHERE.test(ip)) return 7
    const found = inventory.matchFor({ ...person, age: ageAt(person.dob, clock.now()), device: deviceOf(agent ?? '') })
    if (found.length === 0) return 11
    journal.record('dynata.matched', { user: endUser, surveys: found.length, ip, agent: agent ?? null })
    const cpi = content.cpi === true
    const surveys = found.map((survey) => shown(asked, survey, program, cpi, response))
    return {
      program_id: program,
      user_id: asked.userId,
      surveys,
      ...(content.offers === true
        ? { offers: inventory.offers.map((offer) => shownOffer(asked, offer, program)) }
        : {}),
    }
  }

  function read(request: Request): Asked | number {
    if (!/^application\/json;\s*charset=utf-8$/i.test(request.get('content-type') ?? '')) return 1
    let body: unknown
    try {
      body = JSON.parse(String(request.body))
    } catch {
      return 1
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return 1
    const { user_id: userId, pub_id: pubId, iv, payload, ...unknown } = body as Record<string, unknown>
    if (Object.keys(unknown).length > 0) return 5
    // "your App ID (integer)": text is refused
    if (!Number.isInteger(pubId)) return pubId === undefined ? 5 : 2
    const account = accounts.find((one) => one.pubId === pubId)
    if (!account) return 2
    if (typeof userId !== 'string' || typeof iv !== 'string' || typeof payload !== 'string') return 5
    const endUser = endUserOf(userId, account)
    if (endUser === null) return 4
    // "a cryptographically random initialization vector": a repeated one is refused
    const content = seen.has(iv) ? null : openPayload(iv, payload, account)
    if (content === null) return 10
    seen.add(iv)
    if (seen.size > 200_000) seen.clear()
    return { account, endUser, userId, content: content as Record<string, unknown>, iv }
  }

  function shown(asked: Asked, survey: SandboxSurvey, program: string, cpi: boolean, response: Response): unknown {
    const fault = faultOf(response)
    const whole: Record<string, unknown> = {
      id: survey.id,
      offer_id: 900_000 + survey.number,
      title: 'Survey',
      reward: program,
      reward_amount: (survey.cpiCents ?? 50) / 2,
      screenout_reward: 0,
      average_loi: survey.loi,
      incidence_rate: survey.ir,
      ...(cpi && survey.cpiCents !== null ? { cpi: survey.cpiCents / 100 } : {}),
      link: linkFor(asked, survey.id),
      topics: [],
      survey_type: [],
      respondent_type: [],
    }
    if (fault?.drift === undefined || !inShare('drift', survey.id, fault.drift)) return whole
    switch (survey.number % 4) {
      case 0:
        return 'not an object'
      case 1:
        return { ...whole, id: undefined }
      case 2:
        return { ...whole, cpi: 'a lot' }
      default:
        return { ...whole, link: 'javascript:alert(1)' }
    }
  }

  function shownOffer(asked: Asked, offer: Inventory['offers'][number], program: string): unknown {
    return {
      id: offer.id,
      external_project_id: `Offer${offer.number}`,
      offer_filter_tag: [],
      headline_text: offer.headline,
      requirement_text: 'Sign up and stay for a week',
      free: offer.number % 2 === 0,
      credit_card_required: false,
      creative: [],
      reward: program,
      reward_amount: offer.cpiCents,
      screenout_reward: 0,
      cpi: (offer.cpiCents / 100).toFixed(2),
      link: linkFor(asked, offer.id),
    }
  }

  function linkFor({ account, userId, endUser }: Asked, id: string): string {
    const iv = randomBytes(16)
    const key = Buffer.from(account.securityKey, 'hex')
    const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv)
    const sealed = Buffer.concat([cipher.update(JSON.stringify({ id, user: endUser })), cipher.final()])
    const parts_ = [
      `user_id=${encodeURIComponent(userId)}`,
      `iv=${encodeURIComponent(iv.toString('base64'))}`,
      `payload=${encodeURIComponent(sealed.toString('base64'))}`,
    ]
    return `${parts.url()}/direct_link/?${parts_.join('&')}&sub_id=`
  }
}

function deviceOf(agent: string): 'desktop' | 'mobile' | null {
  if (agent.trim() === '') return null
  return /mobi|android|iphone|ipad/i.test(agent) ? 'mobile' : 'desktop'
}
