import { describe, expect, it } from 'vitest'
import { neededQueues } from '../../domain/task-queues.js'

describe('the task queues of a configuration', () => {
  it('are three, and for each connection one for entries and one for polling if it is polled', () => {
    const queues = neededQueues([
      { id: 'kantar-us', polled: true },
      { id: 'dynata', polled: false },
    ])
    expect(queues.map(({ name, kind, group }) => `${name} ${kind} ${group}`)).toEqual([
      'supply workflow supply',
      'sessions workflow sessions',
      'postbacks activity sessions',
      'supply-kantar-us activity supply',
      'entry-kantar-us activity sessions',
      'entry-dynata activity sessions',
    ])
  })
})
