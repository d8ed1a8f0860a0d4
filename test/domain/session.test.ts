import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GRADES, OUTCOMES, type Outcome, reaches } from '../../domain/outcome.js'
import { type Claim, decide, endedUnproven, type SessionFacts, type Standing } from '../../domain/session.js'

const OPEN: Standing = {
  state: 'entered',
  outcome: null,
  grade: null,
  provisional: false,
  payable: false,
  reversed: false,
  needsReview: false,
  reviewReason: null,
}
const FACTS: SessionFacts = {
  requiredGrade: 'E1',
  everEntered: true,
  priced: true,
  withinGrace: true,
  erased: false,
  provenOtherwise: false,
}

const claim = (outcome: Outcome | null, given: Partial<Claim> = {}): Claim => ({
  source: 'postback',
  kind: 'outcome',
  outcome,
  grade: 'E2',
  ...given,
})
const browser = (outcome: Outcome | null): Claim => claim(outcome, { source: 'return', grade: 'E1' })
const unsigned = (outcome: Outcome): Claim => claim(outcome, { source: 'return', grade: 'E0' })

/** What the store reads from earlier claims: whether the first proven one is neither a complete nor a timeout. */
const provesOtherwise = (before: readonly Claim[], requiredGrade: SessionFacts['requiredGrade']): boolean => {
  const first = before.find(({ source, grade }) => FROM_OUTSIDE.includes(source) && reaches(grade, requiredGrade))
  return first !== undefined && first.outcome !== 'COMPLETED' && first.outcome !== 'TIMEOUT'
}
const FROM_OUTSIDE = ['return', 'postback', 'statement']

function live(claims: readonly Claim[], given: Partial<SessionFacts> = {}) {
  const facts = { ...FACTS, ...given }
  const effects: string[] = []
  let standing = OPEN
  for (const [index, next] of claims.entries()) {
    const provenOtherwise = provesOtherwise(claims.slice(0, index), facts.requiredGrade)
    const verdict = decide(standing, next, { ...facts, provenOtherwise })
    effects.push(verdict.effect)
    standing = verdict.standing
  }
  return { effects: effects.join(' '), standing }
}

function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

describe('the first claim', () => {
  test.each(OUTCOMES)('%s at the required grade ends the session', (outcome) => {
    const { effects, standing } = live([browser(outcome)])
    expect(effects).toBe('finish')
    expect(standing).toEqual({
      ...OPEN,
      state: 'finished',
      outcome,
      grade: 'E1',
      payable: outcome === 'COMPLETED',
    })
  })

  test.each(OUTCOMES)('%s below the grade is final, only a COMPLETED is provisional', (outcome) => {
    const { standing } = live([unsigned(outcome)])
    expect(standing).toMatchObject({
      state: 'finished',
      outcome,
      grade: 'E0',
      provisional: outcome === 'COMPLETED',
      payable: false,
    })
  })

  test('an unknown word is ERROR and needs a human, never COMPLETED', () => {
    expect(live([claim(null)]).standing).toMatchObject({ outcome: 'ERROR', needsReview: true, payable: false })
  })

  test('a complete of a session that was never entered is a ghost', () => {
    const verdict = decide({ ...OPEN, state: 'created' }, claim('COMPLETED'), { ...FACTS, everEntered: false })
    expect(verdict).toMatchObject({ effect: 'finish', flags: ['ghost'] })
    expect(verdict.standing).toMatchObject({ payable: false, provisional: false, needsReview: true })
  })

  test('keeps what was doubtful before the end for a human, with its reason', () => {
    const doubtful = { ...OPEN, needsReview: true, reviewReason: 'entered twice' }
    const paid = decide(doubtful, claim('COMPLETED'), FACTS)
    expect(paid.standing).toMatchObject({ payable: true, needsReview: true, reviewReason: 'entered twice' })
    const unknown = decide(doubtful, claim(null), FACTS)
    expect(unknown.standing).toMatchObject({ outcome: 'ERROR', needsReview: true, reviewReason: 'entered twice' })
    expect(decide(OPEN, claim('COMPLETED'), FACTS).standing).toMatchObject({ needsReview: false, reviewReason: null })
  })

  test('a proven complete without a price says why it is not payable', () => {
    expect(live([claim('COMPLETED')], { priced: false }).standing).toMatchObject({
      payable: false,
      needsReview: true,
      reviewReason: 'complete of a session without a price',
    })
    expect(live([unsigned('COMPLETED'), claim('COMPLETED')], { priced: false }).standing).toMatchObject({
      payable: false,
      needsReview: true,
      reviewReason: 'complete of a session without a price',
    })
    const doubtful = { ...live([unsigned('COMPLETED')]).standing, reviewReason: 'entered twice' }
    const confirmed = decide(doubtful, claim('COMPLETED'), { ...FACTS, priced: false })
    expect(confirmed.standing.reviewReason).toBe('entered twice')
    // what pays nothing anyway needs no price
    for (const unpaid of [unsigned('COMPLETED'), claim('TERMINATED'), unsigned('TERMINATED')]) {
      expect(live([unpaid], { priced: false }).standing).toMatchObject({ needsReview: false, reviewReason: null })
    }
    expect(live([claim('TIMEOUT'), claim('COMPLETED')], { priced: false }).standing.needsReview).toBe(true)
  })
})

describe('later claims', () => {
  test.each<[string, Claim[], string, Partial<Standing>]>([
    ['the same again is a repeat', [browser('COMPLETED'), claim('COMPLETED')], 'finish repeat', { payable: true }],
    [
      'COMPLETED then REJECTED is reversed',
      [browser('COMPLETED'), claim('REJECTED')],
      'finish reverse',
      { outcome: 'REJECTED', payable: false, reversed: true, needsReview: false },
    ],
    [
      'a reversal sets its own outcome',
      [browser('COMPLETED'), claim('TERMINATED', { kind: 'reversal' })],
      'finish reverse',
      { outcome: 'TERMINATED', payable: false, reversed: true },
    ],
    [
      'the reversal again is a repeat',
      [browser('COMPLETED'), claim('REJECTED'), claim('REJECTED')],
      'finish reverse repeat',
      { outcome: 'REJECTED' },
    ],
    [
      'a complete after a reversal needs review',
      [browser('COMPLETED'), claim('REJECTED'), claim('COMPLETED')],
      'finish reverse review',
      { outcome: 'REJECTED', payable: false, needsReview: true },
    ],
    [
      'an unproven reversal changes nothing',
      [claim('COMPLETED'), unsigned('REJECTED')],
      'finish review',
      { outcome: 'COMPLETED', payable: true, needsReview: true },
    ],
    [
      'TIMEOUT then COMPLETED is an upgrade',
      [claim('TIMEOUT', { source: 'timeout' }), claim('COMPLETED')],
      'finish upgrade',
      { outcome: 'COMPLETED', payable: true, needsReview: false },
    ],
    [
      'an upgrade may be reversed',
      [claim('TIMEOUT'), claim('COMPLETED'), claim('REJECTED')],
      'finish upgrade reverse',
      { outcome: 'REJECTED', payable: false, reversed: true },
    ],
    [
      'an unproven complete never upgrades',
      [claim('TIMEOUT'), unsigned('COMPLETED')],
      'finish review',
      { outcome: 'TIMEOUT', payable: false, needsReview: true },
    ],
    [
      'TERMINATED then COMPLETED needs review',
      [claim('TERMINATED'), claim('COMPLETED')],
      'finish review',
      { outcome: 'TERMINATED', payable: false, needsReview: true },
    ],
    [
      'TERMINATED then a reversal to COMPLETED is an upgrade',
      [claim('TERMINATED'), claim('COMPLETED', { kind: 'reversal' })],
      'finish upgrade',
      { outcome: 'COMPLETED', payable: true },
    ],
    [
      'COMPLETED then TERMINATED needs review',
      [claim('COMPLETED'), claim('TERMINATED')],
      'finish review',
      { outcome: 'COMPLETED', payable: true, needsReview: true },
    ],
    [
      'an unknown word after the end changes nothing',
      [claim('COMPLETED'), claim(null)],
      'finish review',
      { outcome: 'COMPLETED', payable: true, needsReview: true },
    ],
    [
      'better evidence confirms a provisional complete',
      [unsigned('COMPLETED'), claim('COMPLETED')],
      'finish confirm',
      { outcome: 'COMPLETED', provisional: false, payable: true, grade: 'E2' },
    ],
    [
      'better evidence corrects a provisional complete',
      [unsigned('COMPLETED'), claim('TERMINATED')],
      'finish correct',
      { outcome: 'TERMINATED', provisional: false, payable: false, reversed: false },
    ],
    [
      'the same weak evidence again is a repeat',
      [unsigned('COMPLETED'), unsigned('COMPLETED')],
      'finish repeat',
      { provisional: true, payable: false, needsReview: false },
    ],
    [
      'weak contrary evidence needs review',
      [unsigned('COMPLETED'), unsigned('TERMINATED')],
      'finish review',
      { outcome: 'COMPLETED', provisional: true, needsReview: true },
    ],
    [
      'an unsigned terminate does not void a later proven complete',
      [unsigned('TERMINATED'), claim('COMPLETED')],
      'finish upgrade',
      { outcome: 'COMPLETED', grade: 'E2', payable: true, provisional: false, needsReview: false },
    ],
    [
      'an unsigned terminate does not void an earlier proven complete',
      [claim('COMPLETED'), unsigned('TERMINATED')],
      'finish review',
      { outcome: 'COMPLETED', payable: true },
    ],
    [
      'a complete that replaced an unsigned end may be reversed',
      [unsigned('QUOTA_FULL'), claim('COMPLETED'), claim('REJECTED')],
      'finish upgrade reverse',
      { outcome: 'REJECTED', payable: false, reversed: true },
    ],
    [
      'an unproven unknown word is replaced too, and still needs review',
      [claim(null, { source: 'return', grade: 'E0' }), claim('COMPLETED')],
      'finish upgrade',
      { outcome: 'COMPLETED', payable: true, needsReview: true, reviewReason: 'unknown outcome word' },
    ],
    [
      'a proven unknown word needs review',
      [claim(null), claim('COMPLETED')],
      'finish review',
      { outcome: 'ERROR', payable: false, needsReview: true },
    ],
    [
      'an unsigned complete does not upgrade an unsigned end',
      [unsigned('TERMINATED'), unsigned('COMPLETED')],
      'finish review',
      { outcome: 'TERMINATED', payable: false, provisional: false },
    ],
    [
      'an unsigned redirect before a proven terminate makes no later complete payable',
      [unsigned('QUOTA_FULL'), claim('TERMINATED'), claim('COMPLETED')],
      'finish review review',
      { outcome: 'QUOTA_FULL', payable: false, needsReview: true },
    ],
    [
      'an unsigned terminate before a proven one makes no later complete payable',
      [unsigned('TERMINATED'), claim('TERMINATED'), claim('COMPLETED')],
      'finish repeat review',
      { outcome: 'TERMINATED', payable: false, needsReview: true },
    ],
  ])('%s', (_name, claims, effects, standing) => {
    const lived = live(claims)
    expect(lived.effects).toBe(effects)
    expect(lived.standing).toMatchObject(standing)
  })

  test('a complete after the grace needs review and changes nothing else', () => {
    const ended = live([claim('TIMEOUT')]).standing
    const verdict = decide(ended, claim('COMPLETED'), { ...FACTS, withinGrace: false })
    expect(verdict.effect).toBe('review')
    expect(verdict.standing).toMatchObject({ outcome: 'TIMEOUT', payable: false, needsReview: true })
  })

  test('a late complete of a session that was never entered is a ghost, and not payable', () => {
    const ended = live([claim('TIMEOUT')]).standing
    expect(decide(ended, claim('COMPLETED'), { ...FACTS, everEntered: false })).toMatchObject({
      effect: 'review',
      flags: ['ghost'],
      standing: { outcome: 'TIMEOUT', payable: false },
    })
  })

  test('a complete after an erasure is still booked', () => {
    const { effects, standing } = live([claim('ERROR', { source: 'erasure' }), claim('COMPLETED')], { erased: true })
    expect(effects).toBe('finish upgrade')
    expect(standing).toMatchObject({ outcome: 'COMPLETED', payable: true })
    expect(live([claim('ERROR'), claim('COMPLETED')]).standing.payable).toBe(false)
    // an erasure long after a proven terminate makes nothing payable
    expect(live([claim('TERMINATED'), claim('COMPLETED')], { erased: true }).effects).toBe('finish review')
  })

  test('an unsigned end is replaced only within the grace, of an entered session', () => {
    const ended = live([unsigned('TERMINATED')]).standing
    const late = decide(ended, claim('COMPLETED'), { ...FACTS, withinGrace: false })
    expect(late).toMatchObject({ effect: 'review', standing: { outcome: 'TERMINATED', payable: false } })
    const ghost = decide(ended, claim('COMPLETED'), { ...FACTS, everEntered: false })
    expect(ghost).toMatchObject({ effect: 'review', flags: ['ghost'], standing: { payable: false } })
    expect(decide(ended, claim('COMPLETED'), FACTS).flags).toEqual(['over_unproven'])
  })

  test('the first reason for a review stays', () => {
    const { standing } = live([claim('COMPLETED'), claim('TERMINATED'), claim('QUOTA_FULL')])
    expect(standing.reviewReason).toBe('TERMINATED after COMPLETED')
  })
})

describe('what a human is asked to look at', () => {
  const ended = (outcome: Outcome, given: Partial<Standing>): Standing => ({
    ...OPEN,
    state: 'finished',
    outcome,
    grade: 'E2',
    ...given,
  })
  const COMPLETE = ended('COMPLETED', { payable: true })
  const PROVISIONAL = ended('COMPLETED', { grade: 'E0', provisional: true })
  const REVERSED = ended('REJECTED', { reversed: true })
  const TIMED_OUT = ended('TIMEOUT', {})
  const outside = { everEntered: false }

  test.each<[string, Standing, Claim, Partial<SessionFacts>, string[]]>([
    [
      'its proof came with another session before',
      COMPLETE,
      claim('COMPLETED', { borrowed: true }),
      {},
      ['borrowed_proof'],
    ],
    [
      'its proof came with another session before',
      OPEN,
      claim('COMPLETED', { borrowed: true }),
      {},
      ['borrowed_proof'],
    ],
    ['reversal of a status that is not the current one', COMPLETE, claim('REJECTED', { outdated: true }), {}, []],
    ['reversal of a status that is not the current one', COMPLETE, claim(null, { outdated: true }), {}, []],
    ['unknown outcome word after the end', COMPLETE, claim(null), {}, []],
    ['COMPLETED after a reversal', REVERSED, claim('COMPLETED'), {}, []],
    ['TERMINATED after a reversal', REVERSED, claim('TERMINATED'), {}, []],
    ['TERMINATED after COMPLETED', COMPLETE, claim('TERMINATED'), {}, []],
    ['unproven REJECTED after COMPLETED', COMPLETE, unsigned('REJECTED'), {}, []],
    ['unproven TERMINATED after a provisional complete', PROVISIONAL, unsigned('TERMINATED'), {}, []],
    ['unproven complete after the end', TIMED_OUT, unsigned('COMPLETED'), {}, []],
    ['complete of a session without an entry', TIMED_OUT, claim('COMPLETED'), outside, ['ghost']],
    ['complete after the late-outcome grace', TIMED_OUT, claim('COMPLETED'), { withinGrace: false }, []],
  ])('"%s" changes nothing else (%#)', (reviewReason, standing, next, given, flags) => {
    expect(decide(standing, next, { ...FACTS, ...given })).toEqual({
      effect: 'review',
      flags,
      standing: { ...standing, needsReview: true, reviewReason },
    })
  })

  test('an outdated reversal to the word that holds anyway is nothing new', () => {
    expect(decide(COMPLETE, claim('COMPLETED', { outdated: true }), FACTS)).toEqual({
      effect: 'repeat',
      flags: [],
      standing: COMPLETE,
    })
    // before the end there is no word that could hold
    expect(decide(OPEN, claim(null, { outdated: true }), FACTS).effect).toBe('review')
  })

  test('a ghost says so, and an unknown word in the first claim, too', () => {
    const ghost = decide(OPEN, claim('COMPLETED'), { ...FACTS, everEntered: false })
    expect(ghost.standing.reviewReason).toBe('complete of a session without an entry')
    expect(decide(OPEN, claim(null), FACTS).standing.reviewReason).toBe('unknown outcome word')
    // an unproven one is a ghost, too, and not provisional
    expect(decide(OPEN, unsigned('COMPLETED'), { ...FACTS, everEntered: false })).toMatchObject({ flags: ['ghost'] })
    expect(decide(OPEN, unsigned('TERMINATED'), { ...FACTS, everEntered: false })).toMatchObject({ flags: [] })
  })

  test('what is right on its own has no flag', () => {
    expect(decide(OPEN, claim('COMPLETED'), FACTS).flags).toEqual([])
    expect(decide(COMPLETE, claim('COMPLETED'), FACTS).flags).toEqual([])
    expect(decide(COMPLETE, claim('REJECTED'), FACTS).flags).toEqual([])
    expect(decide(PROVISIONAL, claim('COMPLETED'), FACTS).flags).toEqual([])
    expect(decide(PROVISIONAL, claim('TERMINATED'), FACTS).flags).toEqual([])
    expect(decide(TIMED_OUT, claim('COMPLETED'), FACTS).flags).toEqual(['late'])
  })
})

describe('an end without proof', () => {
  test.each<[Partial<Standing>, boolean]>([
    [{ outcome: 'TERMINATED', grade: 'E0' }, true],
    [{ outcome: 'TERMINATED', grade: 'E1' }, false],
    [{ outcome: 'COMPLETED', grade: 'E0', provisional: true }, false],
    [{ outcome: 'ERROR', grade: null }, false],
    [{ outcome: null, grade: 'E0' }, false],
  ])('%j: %s', (given, unproven) => {
    expect(endedUnproven({ ...OPEN, ...given }, { requiredGrade: 'E1' })).toBe(unproven)
  })
})

describe('every order', () => {
  const four: Record<string, Claim> = {
    browser: browser('COMPLETED'),
    server: claim('COMPLETED'),
    timeout: claim('TIMEOUT', { source: 'timeout' }),
    rejected: claim('REJECTED'),
  }

  test.each(orders(Object.keys(four)))('%s, %s, %s, %s', (...names) => {
    const { standing, effects } = live(names.flatMap((name) => four[name] ?? []))
    expect(effects.split(' ').filter((effect) => effect === 'finish')).toHaveLength(1)
    const completeBeforeRejected =
      Math.min(names.indexOf('browser'), names.indexOf('server')) < names.indexOf('rejected')
    // REJECTED first ends it; after a complete it reverses that; after a timeout alone it needs review, and the
    // complete that follows is an upgrade
    const expected =
      names[0] === 'rejected'
        ? { outcome: 'REJECTED', reversed: false, payable: false }
        : completeBeforeRejected
          ? { outcome: 'REJECTED', reversed: true, payable: false }
          : { outcome: 'COMPLETED', reversed: false, payable: true }
    expect(standing).toMatchObject(expected)
  })
})

describe('properties of any story', () => {
  const anyClaim = fc.record({
    source: fc.constantFrom('return' as const, 'postback' as const, 'timeout' as const, 'statement' as const),
    kind: fc.constantFrom('outcome' as const, 'outcome' as const, 'reversal' as const),
    outcome: fc.option(fc.constantFrom(...OUTCOMES)),
    grade: fc.constantFrom(...GRADES),
  })
  const anyFacts = fc.record({
    requiredGrade: fc.constantFrom(...GRADES),
    everEntered: fc.boolean(),
    priced: fc.boolean(),
    withinGrace: fc.boolean(),
    erased: fc.boolean(),
    provenOtherwise: fc.boolean(),
  })

  test('one end; payable only when proven, entered and priced; never when reversed', () => {
    fc.assert(
      fc.property(fc.array(anyClaim, { minLength: 1, maxLength: 8 }), anyFacts, (claims, facts) => {
        const seen: string[] = []
        let standing = OPEN
        for (const next of claims) {
          const before = standing
          const verdict = decide(before, next, facts)
          seen.push(verdict.effect)
          standing = verdict.standing
          expect(standing.state).toBe('finished')
          expect(standing.outcome).not.toBeNull()
          if (standing.payable) {
            expect(standing).toMatchObject({ outcome: 'COMPLETED', provisional: false, reversed: false })
            expect(facts).toMatchObject({ everEntered: true, priced: true })
            expect(standing.grade !== null && reaches(standing.grade, facts.requiredGrade)).toBe(true)
          }
          if (standing.provisional) expect(standing.outcome).toBe('COMPLETED')
          if (standing.reversed) expect(standing.payable).toBe(false)
          if (before.reversed) expect(standing.reversed).toBe(true)
          // a COMPLETED that is not payable needs review
          if (standing.outcome === 'COMPLETED' && !standing.payable && !standing.provisional)
            expect(standing.needsReview).toBe(true)
          if (verdict.effect === 'repeat') expect(standing).toEqual(before)
          if (verdict.effect === 'review')
            expect({ ...standing, needsReview: null, reviewReason: null }).toEqual({
              ...before,
              needsReview: null,
              reviewReason: null,
            })
        }
        expect(seen[0]).toBe('finish')
        expect(seen.filter((effect) => effect === 'finish')).toHaveLength(1)
        expect(seen.filter((effect) => effect === 'reverse').length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  })

  const fromOutside = fc.record({
    source: fc.constantFrom('return' as const, 'postback' as const),
    kind: fc.constant('outcome' as const),
    outcome: fc.constantFrom(...OUTCOMES),
    grade: fc.constantFrom(...GRADES),
  })
  /** Completes that one story books, less those that it reverses: must be 0 or 1. */
  const booked = (effects: readonly string[], payable: readonly boolean[]): number =>
    effects.filter((effect, index) => payable[index] && ['finish', 'confirm', 'upgrade'].includes(effect)).length -
    effects.filter((effect) => effect === 'reverse').length

  test('a proven complete is paid exactly once, whatever unproven claims surround it', () => {
    const unproven = fc.constantFrom(...OUTCOMES.filter((one) => one !== 'COMPLETED')).map(unsigned)
    const proven = fc.constantFrom(browser('COMPLETED'), claim('COMPLETED'))
    fc.assert(
      fc.property(
        fc.array(unproven, { maxLength: 4 }),
        fc.array(proven, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
        (noise, completes, keys) => {
          const story = [...noise, ...completes]
            .map((one, index) => ({ one, key: keys[index] ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one)
          const { effects, payable, standing } = chronicle(story)
          expect(standing).toMatchObject({ outcome: 'COMPLETED', payable: true, provisional: false, reversed: false })
          expect(booked(effects, payable)).toBe(1)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('claims below the grade never change what is paid', () => {
    fc.assert(
      fc.property(fc.array(fromOutside, { minLength: 1, maxLength: 8 }), fc.constantFrom(...GRADES), (story, grade) => {
        const all = chronicle(story, grade)
        const proven = chronicle(
          story.filter((one) => reaches(one.grade, grade)),
          grade,
        )
        expect(all.standing.payable).toBe(proven.standing.payable)
        expect(booked(all.effects, all.payable)).toBe(all.standing.payable ? 1 : 0)
      }),
      { numRuns: 2_000 },
    )
  })

  function chronicle(story: readonly Claim[], requiredGrade: SessionFacts['requiredGrade'] = 'E1') {
    const effects: string[] = []
    const payable: boolean[] = []
    let standing = OPEN
    for (const [index, next] of story.entries()) {
      const provenOtherwise = provesOtherwise(story.slice(0, index), requiredGrade)
      const verdict = decide(standing, next, { ...FACTS, requiredGrade, provenOtherwise })
      standing = verdict.standing
      effects.push(verdict.effect)
      payable.push(standing.payable)
    }
    return { effects, payable, standing }
  }

  test('a repeated claim never changes what is paid or shown', () => {
    fc.assert(
      fc.property(fc.array(anyClaim, { minLength: 1, maxLength: 6 }), anyFacts, (claims, facts) => {
        let standing = OPEN
        for (const next of claims) {
          standing = decide(standing, next, facts).standing
          const again = decide(standing, next, facts)
          expect(['repeat', 'review']).toContain(again.effect)
          expect(again.standing).toMatchObject({ outcome: standing.outcome, payable: standing.payable })
        }
      }),
      { numRuns: 400 },
    )
  })
})
