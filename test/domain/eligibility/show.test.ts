import { describe, expect, it } from 'vitest'
import { type Shown, whyNotShownOpen } from '../../../domain/eligibility/show.js'
import type { Survey } from '../../../domain/survey.js'
import { NOON, survey } from '../targeting/surveys.js'
import { KANTAR } from './facts.js'

const why = (changes: Partial<Survey> = {}, more: Partial<Shown> = {}) =>
  whyNotShownOpen({
    surveyId: 'sv_1',
    survey: survey(changes),
    status: 'open',
    connection: KANTAR,
    panel: 'lifepoints',
    now: NOON,
    ...more,
  })

describe('a survey is shown open to a panel', () => {
  it('for every panelist: answers, caps, counts and quotas are not evaluated', () => {
    expect(why({ availableCompletes: 0, clauses: [{ attribute: 'kantar:sex', answers: ['1'] }] })).toEqual([])
  })

  it.each<[string, Partial<Survey>, Partial<Shown>, string[]]>([
    ['closed', {}, { status: 'closed' }, ['status']],
    ['over', { finishAt: NOON.toISOString() }, {}, ['finish_date']],
    ['without a way in', { enterable: false }, {}, ['enterable']],
    ['for people whom the provider names', { membersOnly: true }, {}, ['invitation']],
    ['for other panels', { panels: ['toplife'] }, {}, ['panel']],
    ['of a paused connection', {}, { connection: { ...KANTAR, running: false } }, ['connection']],
    ['without a good poll for too long', {}, { connection: { ...KANTAR, fresh: false } }, ['fresh']],
    ['wrong in two ways', { enterable: false }, { status: 'paused' }, ['status', 'enterable']],
  ])('but not one that is %s', (_name, changes, more, rules) => {
    expect(why(changes, more)).toEqual(rules)
  })
})
