import { AckRequest, FeedAnswer } from '../supply/schemas.js'
import type { Operation } from './operation.js'

/** The feed that panels read (Kantar Gateway API, Supply API). */
export const supplyOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/surveys',
    tag: 'Feed',
    summary: 'Changes since your last acknowledgement',
    description:
      'Our own survey plans and every connection that you may use, each survey once in its newest version, in the order of `ack_id`. Poll every 10 to 15 seconds; a poll without an acknowledgement returns the same again.',
    audience: 'panel',
    errors: 'gateway',
    answers: { 200: { description: 'New and changed surveys; an empty list when there are none', schema: FeedAnswer } },
  },
  {
    method: 'post',
    path: '/surveys/ack',
    tag: 'Feed',
    summary: 'Acknowledge the feed up to an id',
    description: 'A lower id than before is harmless; one that was never sent to you is refused.',
    audience: 'panel',
    errors: 'gateway',
    body: { schema: AckRequest },
    problems: {
      400: '`ack_id` is no whole number, or was never sent to this panel',
      413: 'The body is too large',
      415: 'Not JSON',
    },
    answers: { 204: { description: 'The next poll begins after this id' } },
  },
]
