import type { InjectedSinks } from '@temporalio/worker'
import { failpoint } from '../platform/failpoints.js'
import type { FailpointSinks } from '../workflows/poll-provider.js'

/** Lets a test kill the worker at a step of a workflow, because workflow code cannot affect its process. */
export const failpointSinks: InjectedSinks<FailpointSinks> = {
  failpoints: {
    beforeContinueAsNew: { fn: () => failpoint('poll.before_continue_as_new'), callDuringReplay: false },
  },
}
