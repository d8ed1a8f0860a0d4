/** What the operations page says after a button was pressed. The address holds the code only, so nobody can write here. */
const NOTICES = {
  pause: 'Told to pause: nothing of it is asked for or offered until you resume it.',
  resume: 'Told to go on: asked at once where there is somebody to ask, and offered again.',
  poll: 'Told to ask the provider now.',
  'redrive-redriven': 'The record was read and stored.',
  'redrive-healed': 'A later version of that survey had been read already; nothing was left to do.',
  'redrive-open': 'The record still cannot be read: mend the adapter or its mapping, then try again.',
  redeliver: 'The message is on its way again, under the same webhook-id.',
} as const

export type NoticeCode = keyof typeof NOTICES

/** What a code says; null for one that nobody of us has written. */
export function noticeOf(code: string | undefined): string | null {
  return code !== undefined && Object.hasOwn(NOTICES, code) ? NOTICES[code as NoticeCode] : null
}
