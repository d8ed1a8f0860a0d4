import { condition, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow'

/** A session's workflow without the product: the same activities, signals, update and timers, all empty. */
export const opened = defineUpdate<string>('opened')
export const entered = defineSignal('entered')
export const arrived = defineSignal('arrived')

interface Activities {
  open(id: string): Promise<string>
  record(id: string): Promise<string>
  deliver(id: string): Promise<void>
}

const retry = { initialInterval: '1s', maximumInterval: '30s' } as const
const { open } = proxyActivities<Activities>({ taskQueue: 'bare-entry', startToCloseTimeout: '40s', retry })
const { record } = proxyActivities<Activities>({ startToCloseTimeout: '30s', retry })
const { deliver } = proxyActivities<Activities>({ taskQueue: 'bare-postbacks', startToCloseTimeout: '45s', retry })

export async function bareSession(id: string): Promise<string> {
  let link = ''
  let clicked = false
  let ended = false
  setHandler(opened, async () => {
    await condition(() => link !== '')
    return link
  })
  setHandler(entered, () => {
    clicked = true
  })
  setHandler(arrived, () => {
    ended = true
  })
  link = await open(id)
  await condition(() => clicked || ended, '30m')
  await condition(() => ended, '24h')
  const message = await record(id)
  await deliver(message)
  return message
}
