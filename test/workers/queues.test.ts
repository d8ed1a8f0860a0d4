import { expect, test } from 'vitest'
import { readQueueGroups } from '../../workers/queues.js'

test('all groups without --queues, otherwise the named ones, in a fixed order', () => {
  expect(readQueueGroups([])).toEqual(['supply', 'sessions', 'finance'])
  expect(readQueueGroups(['--queues', 'sessions, supply'])).toEqual(['supply', 'sessions'])
})

test('an unknown queue is an error with an example', () => {
  expect(() => readQueueGroups(['--queues', 'supply,sesions'])).toThrow(/"sesions" is not one of .*example: --queues/)
})
