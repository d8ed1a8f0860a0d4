/** Notices of the operations page after a button. The address holds only a code, so that a link cannot inject text. */
const NOTICES = {
  pause: 'Pause requested: the connection is not polled or offered until you resume it.',
  resume: 'Resume requested: the connection is offered again, and polled immediately if it has a poll loop.',
  poll: 'Poll requested: the provider is polled now.',
  'redrive-redriven': 'The record was read and stored.',
  'redrive-healed': 'A later version of that survey was already stored, so the record was not needed.',
  'redrive-open': 'The record still cannot be read: fix the adapter or its mapping, then try again.',
  redeliver: 'The message is being sent again, under the same webhook-id.',
} as const

export type NoticeCode = keyof typeof NOTICES

/** The notice of a code; null for an unknown code. */
export function noticeOf(code: string | undefined): string | null {
  return code !== undefined && Object.hasOwn(NOTICES, code) ? NOTICES[code as NoticeCode] : null
}
