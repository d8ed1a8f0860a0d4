import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { LeftBehind } from '../activities/janitor.js'
import { QUEUES } from '../domain/task-queues.js'
import { fieldPlan } from './field-plan.js'
import { planChanged, planStart, planWorkflowId } from './messages/plan.js'
import {
  aboutSession,
  claimWorkflowId,
  outcomeArrived,
  postbackWorkflowId,
  sessionWorkflowId,
} from './messages/session.js'
import { sessionStart } from './messages/session-start.js'
import { housekeeping, leftBehind } from './proxies.js'
import { respondentSession } from './respondent-session.js'
import { deliverPostback, settleClaim } from './settle-claim.js'

const { findLeftBehind } = leftBehind()
const { tidy } = housekeeping()

const EVERY = '15s'
const ROUNDS_PER_RUN = 200
const ROUNDS_PER_TIDY = 100

/**
 * Every fifteen seconds: starts sessions whose start was lost, signals sessions about claims that were not applied,
 * delivers messages that no workflow delivers, starts the workflows of survey plans. Whatever crashed, the delay is at
 * most one round. Its id is `janitor`.
 */
export async function janitor(): Promise<void> {
  for (let round = 0; round < ROUNDS_PER_RUN && !workflowInfo().continueAsNewSuggested; round += 1) {
    const found = await findLeftBehind()
    await Promise.all([
      ...found.sessions.map((facts) => quietly(startSession(facts))),
      ...found.claims.map((claim) => quietly(settle(claim))),
      ...found.postbacks.map((postback) => quietly(deliver(postback))),
      ...(found.plans ?? []).map((plan) => quietly(startPlan(plan).catch(() => tellPlan(plan)))),
      ...(found.closedPlans ?? []).map((plan) => quietly(tellPlan(plan).catch(() => startPlan(plan)))),
    ])
    const plans = (found.plans?.length ?? 0) + (found.closedPlans?.length ?? 0)
    setCurrentDetails(
      `Last round: ${found.sessions.length} sessions started, ${found.claims.length} claims signalled, ${found.postbacks.length} messages taken over, ${plans} plans started`,
    )
    if (round % ROUNDS_PER_TIDY === 0) await tidy()
    await sleep(EVERY, { summary: 'next round' })
  }
  await condition(allHandlersFinished)
  await continueAsNew()
}

/** Ignores an error: another process did the work, or the next round, fifteen seconds later, tries again. */
const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined)

async function startSession(facts: LeftBehind['sessions'][number]): Promise<void> {
  const { workflowId, taskQueue, args, staticSummary, typedSearchAttributes, workflowIdReusePolicy } =
    sessionStart(facts)
  await startChild(respondentSession, {
    workflowId,
    taskQueue,
    args,
    staticSummary,
    typedSearchAttributes,
    workflowIdReusePolicy,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
}

/** Signals a running session again; starts a workflow for the claim if the session has ended. */
async function settle({ claimId, sessionId }: LeftBehind['claims'][number]): Promise<void> {
  try {
    await getExternalWorkflowHandle(sessionWorkflowId(sessionId)).signal(outcomeArrived)
  } catch {
    await startChild(settleClaim, {
      workflowId: claimWorkflowId(claimId),
      taskQueue: QUEUES.sessions,
      args: [{ claimId, sessionId }],
      staticSummary: 'a claim that was not applied',
      ...aboutSession(sessionId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })
  }
}

async function deliver({ postbackId, redelivery, sessionId }: LeftBehind['postbacks'][number]): Promise<void> {
  await startChild(deliverPostback, {
    workflowId: postbackWorkflowId(postbackId, redelivery),
    taskQueue: QUEUES.sessions,
    args: [{ postbackId }],
    staticSummary: 'a message that no workflow delivers',
    ...aboutSession(sessionId),
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
}

type Plan = NonNullable<LeftBehind['plans']>[number]

/** Signals the workflow instead when a plan is opened again before its workflow has ended. */
async function startPlan(plan: Plan): Promise<void> {
  const { workflowId, taskQueue, args, staticSummary, typedSearchAttributes, workflowIdReusePolicy } = planStart(plan)
  await startChild(fieldPlan, {
    workflowId,
    taskQueue,
    args,
    staticSummary,
    typedSearchAttributes,
    workflowIdReusePolicy,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
}

async function tellPlan({ planId }: Plan): Promise<void> {
  await getExternalWorkflowHandle(planWorkflowId(planId)).signal(planChanged)
}
