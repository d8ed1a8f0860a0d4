import { setImmediate as nextRound } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turns } from '../../api/http/turns.js'

describe('turns', () => {
  it('alternate between keys, however much work one has', async () => {
    const turns = new Turns()
    const done: string[] = []
    const work = async (key: string, slices: number): Promise<void> => {
      for (let slice = 0; slice < slices; slice++) {
        await turns.next(key)
        done.push(key)
      }
    }
    await Promise.all([...Array.from({ length: 50 }, () => work('busy', 4)), work('modest', 4)])
    expect(done).toHaveLength(204)
    // one slice of theirs, one of ours, until ours is done
    expect(done.slice(0, 9).filter((key) => key === 'modest').length).toBeGreaterThanOrEqual(4)
  })

  it('run one slice per round of the event loop, so that network events run between slices', async () => {
    const turns = new Turns()
    let slices = 0
    const work = async (): Promise<void> => {
      await turns.next('busy')
      slices += 1
    }
    const all = Promise.all(Array.from({ length: 20 }, work))
    let most = 0
    for (let before = 0; slices < 20; before = slices) {
      await nextRound()
      most = Math.max(most, slices - before)
    }
    await all
    expect(most).toBe(1)
  })

  it('continue after a pause', async () => {
    const turns = new Turns()
    await turns.next('a')
    await nextRound()
    await nextRound()
    await turns.next('a')
    await turns.next('b')
  })
})
