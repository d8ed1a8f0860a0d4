import { expect, test } from 'vitest'
import { readQueueGroups } from '../../workers/queues.js'

test('all groups without --queues, else those named, in one order', () => {
  expect(readQueueGroups([])).toEqual(['supply', 'sessions', 'finance'])
  expect(readQueueGroups(['--queues', 'sessions, supply'])).toEqual(['supply', 'sessions'])
})

test('a queue nobody knows is told with an example', () => {
  expect(() => readQueueGroups(['--queues', 'supply,sesions'])).toThrow(/"sesions" is not one of .*example: --queues/)
})
