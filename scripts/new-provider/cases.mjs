/**
 * The JSON cases that a new provider begins with: what its adapter does as it was laid down. Each becomes a file named for
 * what it teaches; they change with the adapter.
 */

const offered = (given, expected) => ({ kind: 'feed', given: { surveys: [given] }, expect: { surveys: [expected] } })

/** A record that is put aside beside a good one, which stays. */
const aside = (given, says, providerSurveyId = 'survey-1') => ({
  kind: 'feed',
  given: { surveys: [{ id: 'good' }, given] },
  expect: {
    surveys: [{ providerSurveyId: 'good' }],
    unreadable: [{ providerSurveyId, order: '1795168800000', says }],
  },
})

const answered = (respond, error) => ({ kind: 'feed', given: {}, respond, expect: { error } })

const arrival = (route, status, outcome) => ({
  kind: 'arrival',
  route,
  fields: { session_id: 'session-1', status },
  expect: { report: { correlate: { sessionId: 'session-1' }, outcome, word: status, kind: 'outcome' } },
})

const misread = (route, fields, says) => ({
  kind: 'arrival',
  route,
  fields,
  expect: { error: { kind: 'misread', says: [says] } },
})

/** @param {string} name the provider's */
export const exemplary = (name) => ({
  'a-survey-as-it-is-documented': {
    teaches: 'One record of the list, member by member.',
    ...offered(
      {},
      {
        providerSurveyId: 'survey-1',
        status: 'open',
        country: 'USA',
        locale: 'en-US',
        loiMinutes: 12,
        irPercent: 35,
        price: { amountMinor: '125', currency: 'USD' },
        availableCompletes: 40,
        enterable: true,
      },
    ),
  },
  'the-list-is-asked-for-with-our-key': {
    teaches: 'The account is known by its key, in a header.',
    kind: 'feed',
    given: {},
    expectRequest: {
      method: 'GET',
      url: `https://${name}.example/surveys`,
      headers: { 'x-api-key': 'the-secret-key' },
    },
    expect: {},
  },
  'an-empty-list-is-a-list': {
    teaches: 'Nothing to offer is no failure.',
    kind: 'feed',
    given: { surveys: [] },
    expect: { surveys: [], next: 'empty' },
  },
  'a-list-of-some-length-is-remembered': {
    teaches: 'The cursor says whether there was anything.',
    kind: 'feed',
    given: {},
    expect: { next: 'full' },
  },
  'answers-keep-their-codes': {
    teaches: 'Their words stay theirs until the mapping translates them.',
    ...offered(
      { questions: [{ question: 'gender', answers: ['m', 'f'] }] },
      { clauses: [{ attribute: `${name}:gender`, answers: ['m', 'f'] }] },
    ),
  },
  'answers-may-be-numbers': {
    teaches: 'A code is the same code in quotes and without.',
    ...offered(
      { questions: [{ question: 17, answers: [1, 2] }] },
      { clauses: [{ attribute: `${name}:17`, answers: ['1', '2'] }] },
    ),
  },
  'a-range-holds-at-both-ends': {
    teaches: 'From and to are part of the range.',
    ...offered(
      { questions: [{ question: 'age', range: { from: 18, to: 18 } }] },
      { clauses: [{ attribute: `${name}:age`, ranges: [{ from: 18, to: 18 }] }] },
    ),
  },
  'no-questions-ask-nothing': {
    teaches: 'Without questions everybody may come.',
    ...offered({ questions: '(absent)' }, { clauses: [] }),
  },
  'a-locale-may-be-absent': { teaches: 'Then it restricts nothing.', ...offered({ locale: null }, { locale: null }) },
  'remaining-may-be-unknown': {
    teaches: 'No number is not the number 0.',
    ...offered({ remaining: '(absent)' }, { availableCompletes: null }),
  },
  'remaining-may-be-nought': { teaches: 'Nothing is left.', ...offered({ remaining: 0 }, { availableCompletes: 0 }) },
  'a-paused-survey-is-kept-and-not-offered': {
    teaches: 'It may come back.',
    ...offered({ status: 'paused' }, { status: 'paused' }),
  },
  'a-closed-survey-is-closed': {
    teaches: 'It is told once more.',
    ...offered({ status: 'closed' }, { status: 'closed' }),
  },
  'yen-have-no-cents': {
    teaches: 'Minor units are those of the currency.',
    ...offered({ price: '250', currency: 'JPY' }, { price: { amountMinor: '250', currency: 'JPY' } }),
  },
  'a-tenth-of-a-cent-is-rounded-half-even': {
    teaches: 'Money is rounded in one place and in one way.',
    ...offered({ price: '1.125' }, { price: { amountMinor: '112', currency: 'USD' } }),
  },
  'less-than-a-minute-is-a-minute': {
    teaches: 'A ranking divides by it.',
    ...offered({ loi: 0.4 }, { loiMinutes: 1 }),
  },
  'unknown-members-do-no-harm': {
    teaches: 'What we do not use may change as it likes.',
    ...offered({ brand_new: { a: [1] } }, { providerSurveyId: 'survey-1' }),
  },
  'a-complete-comes-back': { teaches: 'Their word for COMPLETED.', ...arrival('return', 'complete', 'COMPLETED') },
  'a-terminate-comes-back': { teaches: 'Their word for TERMINATED.', ...arrival('return', 'terminate', 'TERMINATED') },
  'a-full-quota-comes-back': {
    teaches: 'Their word for QUOTA_FULL.',
    ...arrival('return', 'quota_full', 'QUOTA_FULL'),
  },
  'a-screen-out-comes-back': {
    teaches: 'Their word for SCREENED_OUT.',
    ...arrival('return', 'screen_out', 'SCREENED_OUT'),
  },
  'a-postback-says-the-same': { teaches: 'One table for both ways.', ...arrival('postback', 'complete', 'COMPLETED') },
  'a-complete-is-taken-back': {
    teaches: 'A REJECTED after a complete.',
    ...arrival('postback', 'reversed', 'REJECTED'),
  },
  'the-link-carries-our-session': {
    teaches: 'Their link and our two parameters; nothing is asked upstream.',
    kind: 'entry',
    given: {},
    expectRequest: null,
    expect: {
      link: {
        url: `https://${name}.example/start?survey=survey-1&session_id=session-1&respondent=panelist-1`,
        providerSessionId: null,
      },
    },
  },
})

/** What goes wrong. */
export const supplemental = () => ({
  'an-unknown-status-is-not-open': {
    teaches: 'What we cannot read is not offered.',
    ...aside({ status: 'OPEN' }, 'status'),
  },
  'a-country-of-two-letters': { teaches: 'Nobody is sent to a guess.', ...aside({ country: 'US' }, 'country') },
  'a-price-with-a-comma': { teaches: 'A garbled price is no price.', ...aside({ price: '1,25' }, 'price') },
  'a-price-as-a-number': { teaches: 'A float may have lost digits already.', ...aside({ price: 1.25 }, 'price') },
  'a-negative-price': { teaches: 'Nobody pays to be asked.', ...aside({ price: '-1.25' }, 'price') },
  'a-price-of-nothing': { teaches: 'Nothing is paid for a complete: put aside.', ...aside({ price: '0.00' }, 'price') },
  'no-price-at-all': { teaches: 'An amount is never assumed.', ...aside({ price: '(absent)' }, 'price') },
  'a-currency-that-is-none': { teaches: 'Three capital letters.', ...aside({ currency: '$' }, 'currency') },
  'no-id': { teaches: 'A survey of nobody knows which.', ...aside({ id: '(absent)' }, 'id', null) },
  'more-completes-than-people': { teaches: 'The number was garbled.', ...aside({ remaining: 1e12 }, 'remaining') },
  'half-a-complete': { teaches: 'Completes are counted whole.', ...aside({ remaining: 1.5 }, 'remaining') },
  'a-question-without-answers': {
    teaches: 'Nobody can tell whom it is for.',
    ...aside({ questions: [{ question: 'age' }] }, 'neither answers nor a range'),
  },
  'a-range-that-ends-before-it-begins': {
    teaches: 'A contradiction is put aside, not turned around.',
    ...aside({ questions: [{ question: 'age', range: { from: 40, to: 18 } }] }, 'ends before it begins'),
  },
  'a-record-that-is-no-object': {
    teaches: 'The others are kept.',
    kind: 'feed',
    given: { surveys: [{ id: 'good' }, 'what?'] },
    expect: {
      surveys: [{ providerSurveyId: 'good' }],
      unreadable: [{ providerSurveyId: null, order: '1795168800000', says: 'the record' }],
    },
  },
  'a-page-of-html': {
    teaches: 'A maintenance page is not an empty list.',
    ...answered({ body: '<html>back soon</html>' }, { kind: 'misread' }),
  },
  'a-list-that-is-cut': {
    teaches: 'Nothing of it may be kept.',
    ...answered({ body: '[{"id":"survey-1"' }, { kind: 'misread' }),
  },
  'a-wrong-key': {
    teaches: 'It takes a person; the key is not shown.',
    ...answered(
      { status: 401, body: 'the-secret-key is wrong' },
      { kind: 'unauthorized', says: ['401'], hides: ['the-secret-key'] },
    ),
  },
  'too-many-requests': {
    teaches: 'Their wait is kept to.',
    ...answered(
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'rate-limited', evidence: { status: 429, retryAfterMs: 7000 } },
    ),
  },
  'a-server-that-is-down': {
    teaches: 'Worth another try.',
    ...answered({ status: 503 }, { kind: 'unavailable', says: ['503'] }),
  },
  'an-address-that-is-gone': {
    teaches: 'Another try changes nothing.',
    ...answered({ status: 404 }, { kind: 'rejected' }),
  },
  'an-unknown-word-is-no-outcome': { teaches: 'Never COMPLETED by guessing.', ...arrival('return', 'COMPLETE', null) },
  'an-arrival-without-a-session': {
    teaches: 'Nobody knows whose it is.',
    ...misread('return', { status: 'complete' }, 'session_id'),
  },
  'an-arrival-without-a-word': {
    teaches: 'A signature alone says nothing.',
    ...misread('postback', { session_id: 'session-1' }, 'status'),
  },
  'a-word-that-is-no-text': {
    teaches: 'A list of words is none.',
    ...misread('return', { session_id: 'session-1', status: ['complete'] }, 'status'),
  },
  'a-link-with-a-password': {
    teaches: 'A link that hides where it leads is not given out.',
    kind: 'entry',
    given: { surveys: [{ url: 'https://user:secret@evil.example/' }] },
    expectRequest: null,
    expect: { error: { kind: 'rejected', says: ['survey-1'] } },
  },
  'a-link-over-plain-http': {
    teaches: 'What a respondent answers is nobody else’s business.',
    kind: 'entry',
    given: { surveys: [{ url: 'http://survey.example/' }] },
    expectRequest: null,
    expect: { error: { kind: 'rejected' } },
  },
})
