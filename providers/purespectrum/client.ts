import type { Call } from '../adapter.js'
import { ProviderError, type ProviderErrorKind, type ProviderEvidence } from '../errors.js'
import type { HttpRequest, HttpResponse } from '../http.js'
import { evidenceOf, headOf } from '../kit/evidence.js'
import { jsonOrNothing, parseExactJsonBytes } from '../kit/json.js'
import { kindOfStatus } from '../kit/status.js'
import type { PureSpectrumConnection } from './config.js'
import { errorAnswer } from './wire.js'

export type PureSpectrumCall = Call<PureSpectrumConnection>

const SURVEY_BYTES = 4 * 1024 * 1024
const SMALL_BYTES = 256 * 1024
const SURVEY_TIMEOUT_MS = 10_000
const LIST_TIMEOUT_MS = 30_000

/** The answer: its bytes as received, and their value if they are JSON. */
export class PureSpectrumAnswer {
  private read: { readonly value: unknown } | null = null

  constructor(
    readonly status: number,
    readonly raw: Uint8Array,
    readonly evidence: ProviderEvidence,
  ) {}

  /** The whole answer as one document, parsed on first use; undefined = not JSON. */
  get value(): unknown {
    this.read ??= { value: jsonOrNothing(() => parseExactJsonBytes(this.raw)) }
    return this.read.value
  }
}

/** GET /suppliers/v2/surveys: the live surveys of this account. */
export function getSurveys(call: PureSpectrumCall): Promise<PureSpectrumAnswer> {
  return ask(call, { method: 'GET', url: address(call, 'surveys'), timeoutMs: LIST_TIMEOUT_MS })
}

/**
 * GET /suppliers/v2/surveys/:surveyId: one survey with its quotas and qualifications (PureSpectrum Supply API,
 * Request).
 */
export function getSurvey(call: PureSpectrumCall, surveyId: string): Promise<PureSpectrumAnswer> {
  const url = address(call, `surveys/${encodeURIComponent(surveyId)}`)
  return ask(call, { method: 'GET', url, timeoutMs: SURVEY_TIMEOUT_MS, maxBytes: SURVEY_BYTES })
}

/** POST /suppliers/v2/surveys/register/:surveyId: registers one respondent; the answer says where to send them. */
export function postRegistration(call: PureSpectrumCall, surveyId: string): Promise<PureSpectrumAnswer> {
  const url = `${address(call, `surveys/register/${encodeURIComponent(surveyId)}`)}?intent_count=1`
  return ask(call, { method: 'POST', url, timeoutMs: SURVEY_TIMEOUT_MS, maxBytes: SMALL_BYTES })
}

function address({ config }: PureSpectrumCall, path: string): string {
  return `${config.baseUrl}/suppliers/v2/${path}`
}

async function ask(
  call: PureSpectrumCall,
  request: Pick<HttpRequest, 'method' | 'url' | 'timeoutMs' | 'maxBytes'>,
): Promise<PureSpectrumAnswer> {
  const { config } = call
  const response = await call.http.request({
    ...request,
    headers: { accept: 'application/json', 'access-token': config.accessToken },
    allowedHosts: [new URL(config.baseUrl).host],
    signal: call.signal,
  })
  const raw = await bytesOf(response)
  const evidence = evidenceOf(request.url, response, call.now, headOf(raw, config.accessToken))
  return new PureSpectrumAnswer(response.status, raw, evidence)
}

async function bytesOf(response: HttpResponse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** The error for an undocumented answer, with their own message ({apiStatus: "failure", msg}) and without our key. */
export function unexpected(answer: PureSpectrumAnswer, what: string, kind?: ProviderErrorKind): ProviderError {
  const said = whatTheySaid(answer)
  return new ProviderError(
    kind ?? kindOfStatus(answer.status),
    `${what} answered ${answer.status}${said}`,
    answer.evidence,
  )
}

export function whatTheySaid(answer: PureSpectrumAnswer): string {
  const read = errorAnswer.safeParse(answer.value)
  return read.success && read.data.msg ? `: ${read.data.msg.slice(0, 200)}` : ''
}

/** A failure message may come with any status. */
export function saysFailure(answer: PureSpectrumAnswer): boolean {
  const read = errorAnswer.safeParse(answer.value)
  return read.success && read.data.apiStatus !== null && read.data.apiStatus !== undefined
    ? read.data.apiStatus.toLowerCase() !== 'success'
    : false
}
