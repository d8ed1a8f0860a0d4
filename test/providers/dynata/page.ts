import { createDecipheriv } from 'node:crypto'
import type { HttpRequest } from '../../../providers/http.js'

export const SECURITY_KEY = '00112233445566778899aabbccddeeff'

/** The document's own survey with a cpi, which its sample lacks because the request did not ask for it. */
export const SURVEY = {
  id: '6512bd43d9caa6e02c990b0a82652dca',
  offer_id: 923638,
  title: 'Survey',
  reward: 'your_incentive_name',
  reward_amount: 50,
  screenout_reward: 0,
  average_loi: 12,
  incidence_rate: 35,
  cpi: 1.25,
  link: 'https://nomad/direct_link/?user_id=avdempsey-1-91ae9381f1&iv=zaEYJEPYZdtB1a2G7q%2Bojw%3D%3D&payload=YSClqh8yUCFgwRC%2B437yFSUuJJE%2FRZNt&sub_id=',
  topics: [],
  survey_type: [],
  respondent_type: [],
}

/** The document's own offer. */
export const OFFER = {
  id: 'c4ca4238a0b923820dcc509a6f75849b',
  external_project_id: 'Offer1557882931',
  offer_filter_tag: [],
  headline_text: 'Offer Title 1557882931',
  requirement_text: '',
  free: false,
  credit_card_required: false,
  creative: [],
  reward: 'filices',
  reward_amount: 375,
  screenout_reward: 0,
  cpi: '3.75',
  link: 'https://nomadtest/direct_link/?user_id=saad-1-6b3a3994dc&iv=A6yQXI%2FJP35Y1lF%2BmCHmDw%3D%3D&payload=Z6qA44VpCHifqciiq7Ro&sub_id=',
}

interface Given {
  surveys?: Record<string, unknown>[]
  offers?: Record<string, unknown>[]
  /** Members of the answer next to its lists. */
  more?: Record<string, unknown>
  /** Replacements of text, for what JSON.stringify cannot write. */
  replace?: [string, string]
}

/** An answer of the match: `surveys` and `offers` override the document's own records; null removes a member. */
export function pageOf(given: Record<string, unknown>): string {
  const { surveys = [{}], offers, more = {}, replace } = given as Given
  const page = {
    program_id: 'points',
    user_id: 'avdempsey-1-91ae9381f1',
    surveys: surveys.map((one) => laidOver(SURVEY, one)),
    ...(offers ? { offers: offers.map((one) => laidOver(OFFER, one)) } : {}),
    ...more,
  }
  const text = JSON.stringify(page)
  return replace ? text.replace(replace[0], replace[1]) : text
}

function laidOver(whole: object, changes: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries({ ...whole, ...changes }).filter(([, value]) => value !== '(absent)'))
}

/** Decrypts a request as the provider would: the document's steps backwards. */
export function readMatchRequest({ body = '{}' }: HttpRequest): Record<string, unknown> {
  const { user_id, pub_id, iv, payload } = JSON.parse(body) as Record<string, string>
  const vector = Buffer.from(String(iv), 'base64')
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(SECURITY_KEY, 'hex'), vector)
  const opened = Buffer.concat([decipher.update(Buffer.from(String(payload), 'base64')), decipher.final()])
  return { user_id, pub_id, iv_bytes: vector.length, payload: JSON.parse(opened.toString('utf8')) }
}
