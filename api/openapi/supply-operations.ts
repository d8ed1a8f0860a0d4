import { AckRequest, FeedAnswer } from '../supply/schemas.js'
import type { Operation } from './operation.js'

/** The feed that panels read (Kantar Gateway API, Supply API). */
export const supplyOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/surveys',
    tag: 'Feed',
    summary: 'What changed since your last acknowledgement',
    description:
      'Our own survey plans and every connection that you may use, each survey once in its newest version, in the order of `ack_id`. Poll every 10 to 15 seconds; asking again without acknowledging gives the same again.',
    audience: 'panel',
    errors: 'gateway',
    answers: { 200: { description: 'New and changed surveys; an empty list when there are none', schema: FeedAnswer } },
  },
  {
    method: 'post',
    path: '/surveys/ack',
    tag: 'Feed',
    summary: 'You have processed the feed up to an id',
    description: 'A lower id than before is harmless; one that you were never given is refused.',
    audience: 'panel',
    errors: 'gateway',
    body: { schema: AckRequest },
    problems: {
      400: '`ack_id` is no whole number, or was never given to this panel',
      413: 'The body is too large',
      415: 'Not JSON',
    },
    answers: { 204: { description: 'The next poll begins behind this id' } },
  },
]
