import { definitionList, type Fact, tiles as tileList } from '../../../web/kit/definition-list.js'
import { button } from '../../../web/kit/form.js'
import { type Html, html } from '../../../web/kit/html.js'
import { meter } from '../../../web/kit/progress.js'
import { outcomePlot } from '../../../web/plots/outcome-plot.js'
import { progressPlot } from '../../../web/plots/progress-plot.js'
import type { PlanSummary, PlanView, Policy } from '../../buyer/answers.js'
import type { Progress } from '../../buyer/progress.js'
import type { FieldRun } from '../../fieldwork/index.js'
import { MOST_RESPONDENTS } from '../../fieldwork/index.js'
import { OUTCOMES } from '../../outcome-words.js'
import { exchangeBlock } from '../../pages/exchange.js'
import type { Page } from '../../pages/layout.js'
import type { Exchange } from '../../tributary.js'
import { buyerCrumbs, nameOf, planPath, priceText, statusForm, statusTag, wantedText } from './parts.js'

export interface PlanFacts {
  buyer: string
  view: PlanView
  /** What the list of plans adds: respondents in the survey now, and why it is closed. */
  summary: PlanSummary | undefined
  policy: Policy | undefined
  progress: Progress | undefined
  run: FieldRun | undefined
  /** True = the page reloads every few seconds. */
  live: boolean
  exchange: Exchange
}

/** One plan for its buyer: progress, pace, results per panel, and actions. */
export function planPage(facts: PlanFacts): Page {
  const { buyer, view, summary, policy, exchange, live } = facts
  const { survey_plan: plan, survey_performance: performance } = view
  const path = planPath(buyer, plan.id)
  const sources = plan.target_panels.map(({ name }) => name).join(', ')
  return {
    title: `${nameOf(view)}: ${plan.status}`,
    plots: true,
    refresh: live ? { seconds: 3, url: `${path}?live=${facts.run?.state === 'running' ? 'run' : '1'}` } : undefined,
    body: html`${buyerCrumbs(buyer)}
<div class="row"><h1>${nameOf(view)} ${statusTag(plan.status)}</h1>${statusForm(`${path}/status`, plan.status, 'the plan')}</div>
${summary?.status_reason && plan.status !== 'OPEN' && html`<p>It is ${plan.status.toLowerCase()}: ${REASONS[summary.status_reason] ?? summary.status_reason}.</p>`}
<p class="soft"><code>${plan.id}</code> · ${plan.country}${plan.locale && ` · ${plan.locale}`} · ${plan.estimated_loi} min ·
${priceText(plan.pricing)} a complete · ${sources}</p>
${tiles(facts)}${provisionalNote(facts)}
${fieldBlock(facts, path)}
<div class="card">${progressPlot({
      id: 'progress',
      points: facts.progress?.samples ?? [],
      until: facts.progress?.seenAt ?? new Date(0),
      target: plan.target_completes,
    })}
<p class="soft"><small>Tributary reports a plan’s current state; its history is what the sandbox has observed since it started.</small></p></div>
<div class="card">${outcomePlot({ id: 'outcomes', outcomes: OUTCOMES, panels: performance.status_metrics })}</div>
<h2>Performance per panel</h2>${panelTable(performance.status_metrics, policy)}
<h2>Quotas</h2>${quotaList(view, path)}
<h2>Policy</h2>${policyBlock(policy, path)}
<h2>Order</h2>
<div class="card">${definitionList([
      ['Wanted', wantedText(plan.qualifications)],
      ['Survey', html`<code>${plan.survey_url}</code>`],
      ['Platform', plan.survey_platform],
      ['Estimates', `IR ${plan.estimated_ir}%, conversion ${plan.estimated_cr}%`],
      ['Ends', plan.finish_date],
    ])}
${plan.status === 'CLOSED' && html`<form method="post" action="${path}/delete">${button('Delete this plan', { quiet: true })}</form>`}</div>
<h2>Behind this page</h2>${exchangeBlock(exchange)}`,
  }
}

/** Kantar Gateway API, Knowledge Base. */
const NON_INTEGRATED = 'NON_INTEGRATED_SURVEY_PLATFORM'

const REASONS: Record<string, string> = {
  buyer: 'the buyer decided so',
  filled: 'its target is reached',
  finish_date: 'its finish date has passed',
}

function tiles({ view, summary }: PlanFacts): Html {
  const { survey_plan: plan, available_completes: available, survey_performance: performance } = view
  const ended = performance.completes + performance.failures
  const facts: [string, string][] = [
    ['Completes', `${performance.completes} of ${plan.target_completes}`],
    ['Available', String(available.survey)],
    ['In progress', String(summary?.in_progress ?? '–')],
    ['Failures', String(performance.failures)],
    ['Conversion', percent(performance.completes, ended)],
  ]
  return tileList(facts)
}

/** Why a plan may have no completes although respondents came back: unsigned completes wait for better evidence. */
function provisionalNote({ view, policy, summary }: PlanFacts): Html | false {
  const unsigned =
    view.survey_plan.survey_platform.toUpperCase() === NON_INTEGRATED && policy?.accept_unsigned === false
  if (!unsigned || !summary?.in_progress) return false
  return html`<p>Its platform reports outcomes only by browser, unsigned. Until the policy accepts that, its completes are
provisional: they keep their slots, are shown as in progress, and do not count.</p>`
}

/** The button of the panels' side: the sandbox's panels send respondents. */
function fieldBlock({ run, live }: PlanFacts, path: string): Html {
  const running = run?.state === 'running'
  const follow = live
    ? html`<a href="${path}">Stop loading this page again</a>`
    : html`<a href="${path}?live=1">Follow it live</a>`
  return html`<section class="card" aria-label="Fieldwork"><div class="row">
<form method="post" action="${path}/field" class="buttons"><label for="sessions">Respondents</label>
<input id="sessions" name="sessions" type="number" min="1" max="${MOST_RESPONDENTS}" value="10" required>
${button('Field it', { disabled: running })}</form>${follow}</div>
<p class="soft"><small>The sandbox's panels poll their feeds, acknowledge, create sessions, and send simulated people through the survey.</small></p>
${run && html`<p role="status">${runText(run)}</p>`}</section>`
}

function runText(run: FieldRun): Html {
  const back = Object.entries(run.outcomes).map(([outcome, count]) => `${count} ${outcome}`)
  const refused = Object.entries(run.refused).map(([reason, count]) => `${count} refused (${reason})`)
  const parts = [...back, ...refused, ...(run.lost > 0 ? [`${run.lost} did not return`] : [])]
  return html`<strong>${run.state === 'running' ? 'Under way' : 'Fielded'}</strong>, ${run.wanted} respondents from
${run.startedAt.toISOString().slice(11, 19)} UTC: ${parts.length === 0 ? 'no respondent is back yet' : parts.join(', ')}.
${run.note && html`<span class="bad">It ended early: ${run.note}.</span>`}`
}

function panelTable(metrics: PlanView['survey_performance']['status_metrics'], policy: Policy | undefined): Html {
  const panels = Object.entries(metrics)
  if (panels.length === 0) return html`<p class="card soft">No panel has sent a respondent yet.</p>`
  const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)
  const row = (name: string, cell: (panel: string, counts: Record<string, number>) => string | number) =>
    html`<tr><th scope="row">${name}</th>${panels.map(([panel, counts]) => html`<td class="number">${cell(panel, counts)}</td>`)}</tr>`
  return html`<div class="card scroll" role="region" aria-label="Performance per panel" tabindex="0"><table>
<thead><tr><th scope="col">Sessions</th>${panels.map(([panel]) => html`<th scope="col" class="number">${panel}</th>`)}</tr></thead><tbody>
${OUTCOMES.map((outcome) => row(outcome, (_panel, counts) => counts[outcome] ?? 0))}
${row('All', (_panel, counts) => total(counts))}
${row('Conversion', (_panel, counts) => percent(counts.COMPLETED ?? 0, total(counts)))}
${row('Allocated completes', (panel) => allocationOf(policy, panel) ?? '–')}</tbody></table></div>`
}

function allocationOf(policy: Policy | undefined, panel: string): number | undefined {
  const named = Object.entries(policy?.allocations ?? {}).find(([name]) => name.toLowerCase() === panel.toLowerCase())
  return named?.[1]
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)}%`)

function quotaList({ survey_plan: plan, available_completes: available }: PlanView, path: string): Html {
  if (plan.quotas.length === 0)
    return html`<p class="card soft">None: every respondent who qualifies counts towards the target.</p>`
  const items = plan.quotas.map((quota) => {
    const { id, status, target_completes: target } = quota
    const open = available.quotas[id] ?? 0
    return html`<li class="row"><div><strong>${id}</strong> ${statusTag(status)}<br><small>${wantedText(quota.qualifications)}</small></div>
${typeof target === 'number' ? meter(`completes of quota ${id}`, Math.max(0, target - open), target) : html`<span>${open} open, as of the plan</span>`}
${statusForm(`${path}/quotas/${encodeURIComponent(id)}/status`, status, `quota ${id}`)}</li>`
  })
  return html`<ul class="card list">${items}</ul>`
}

function policyBlock(policy: Policy | undefined, path: string): Html {
  if (!policy) return html`<p class="card soft">Tributary did not return it.</p>`
  const allocations = Object.entries(policy.allocations).map(([panel, count]) => `${panel} ${count}`)
  const { soft_launch: soft } = policy
  const { overage, accept_unsigned: unsigned, flexibility_percent: flexibility } = policy
  const facts: Fact[] = [
    [
      'Overage',
      overage === 0
        ? 'none: no complete beyond the target is paid'
        : `up to ${overage} completes beyond the target are paid`,
    ],
    [
      'Unsigned outcomes',
      unsigned
        ? 'accepted: a complete reported only by a browser is paid'
        : 'not accepted: a complete reported only by a browser is provisional',
    ],
    ['Flexibility', `${flexibility}% of what is not allocated to a panel may be taken by it`],
    ['Allocations', allocations.length === 0 ? 'none' : allocations.join(', ')],
    ['Soft launch', soft && `${soft.completes} completes, then a pause of ${soft.pause}`],
  ]
  return html`<div class="card">${definitionList(facts)}
<p><a class="button" href="${path}/policy">Change the policy</a></p></div>`
}
