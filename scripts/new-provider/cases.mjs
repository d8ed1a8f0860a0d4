/**
 * The JSON cases of a new provider: the behaviour of the generated adapter. Each becomes a file named after what it
 * shows; change them with the adapter.
 */

const offered = (given, expected) => ({ kind: 'feed', given: { surveys: [given] }, expect: { surveys: [expected] } })

/** A record that is quarantined while a good one is kept. */
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
    teaches: 'A header carries the key of the account.',
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
    teaches: 'An empty list is not a failure.',
    kind: 'feed',
    given: { surveys: [] },
    expect: { surveys: [], next: 'empty' },
  },
  'a-list-of-some-length-is-remembered': {
    teaches: 'The cursor says whether the list had surveys.',
    kind: 'feed',
    given: {},
    expect: { next: 'full' },
  },
  'answers-keep-their-codes': {
    teaches: "The provider's codes are kept until the mapping translates them.",
    ...offered(
      { questions: [{ question: 'gender', answers: ['m', 'f'] }] },
      { clauses: [{ attribute: `${name}:gender`, answers: ['m', 'f'] }] },
    ),
  },
  'answers-may-be-numbers': {
    teaches: 'A code with quotes equals the code without.',
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
    teaches: 'A survey without questions admits every panelist.',
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
    teaches: 'The closure is stored.',
    ...offered({ status: 'closed' }, { status: 'closed' }),
  },
  'yen-have-no-cents': {
    teaches: 'Minor units are those of the currency.',
    ...offered({ price: '250', currency: 'JPY' }, { price: { amountMinor: '250', currency: 'JPY' } }),
  },
  'a-tenth-of-a-cent-is-rounded-half-even': {
    teaches: 'Money is always rounded half to even.',
    ...offered({ price: '1.125' }, { price: { amountMinor: '112', currency: 'USD' } }),
  },
  'less-than-a-minute-is-a-minute': {
    teaches: 'The ranking divides by the minutes.',
    ...offered({ loi: 0.4 }, { loiMinutes: 1 }),
  },
  'unknown-members-do-no-harm': {
    teaches: 'Members that we do not use may change.',
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
  'a-postback-says-the-same': {
    teaches: 'Both ways share one table.',
    ...arrival('postback', 'complete', 'COMPLETED'),
  },
  'a-complete-is-taken-back': {
    teaches: 'A REJECTED after a complete.',
    ...arrival('postback', 'reversed', 'REJECTED'),
  },
  'the-link-carries-our-session': {
    teaches: "The provider's link and our two parameters; no upstream call.",
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
    teaches: 'An unreadable survey is not offered.',
    ...aside({ status: 'OPEN' }, 'status'),
  },
  'a-country-of-two-letters': { teaches: 'The country is never guessed.', ...aside({ country: 'US' }, 'country') },
  'a-price-with-a-comma': { teaches: 'A malformed price is unreadable.', ...aside({ price: '1,25' }, 'price') },
  'a-price-as-a-number': { teaches: 'A float may have lost digits already.', ...aside({ price: 1.25 }, 'price') },
  'a-negative-price': { teaches: 'A negative price is unreadable.', ...aside({ price: '-1.25' }, 'price') },
  'a-price-of-nothing': { teaches: 'A price of 0 is unreadable.', ...aside({ price: '0.00' }, 'price') },
  'no-price-at-all': { teaches: 'An amount is never assumed.', ...aside({ price: '(absent)' }, 'price') },
  'a-currency-that-is-none': { teaches: 'Three capital letters.', ...aside({ currency: '$' }, 'currency') },
  'no-id': { teaches: 'A survey without an id is unreadable.', ...aside({ id: '(absent)' }, 'id', null) },
  'more-completes-than-people': { teaches: 'An absurd number is refused.', ...aside({ remaining: 1e12 }, 'remaining') },
  'half-a-complete': { teaches: 'Completes are whole numbers.', ...aside({ remaining: 1.5 }, 'remaining') },
  'a-question-without-answers': {
    teaches: 'A question without answers or a range is unreadable.',
    ...aside({ questions: [{ question: 'age' }] }, 'neither answers nor a range'),
  },
  'a-range-that-ends-before-it-begins': {
    teaches: 'A reversed range is unreadable, not corrected.',
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
    teaches: 'No record of it is kept.',
    ...answered({ body: '[{"id":"survey-1"' }, { kind: 'misread' }),
  },
  'a-wrong-key': {
    teaches: 'An operator must act; the error does not show the key.',
    ...answered(
      { status: 401, body: 'the-secret-key is wrong' },
      { kind: 'unauthorized', says: ['401'], hides: ['the-secret-key'] },
    ),
  },
  'too-many-requests': {
    teaches: 'The adapter reports Retry-After.',
    ...answered(
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'rate-limited', evidence: { status: 429, retryAfterMs: 7000 } },
    ),
  },
  'a-server-that-is-down': {
    teaches: 'A 503 is worth a retry.',
    ...answered({ status: 503 }, { kind: 'unavailable', says: ['503'] }),
  },
  'an-address-that-is-gone': {
    teaches: 'A retry would change nothing.',
    ...answered({ status: 404 }, { kind: 'rejected' }),
  },
  'an-unknown-word-is-no-outcome': { teaches: 'The outcome is never guessed.', ...arrival('return', 'COMPLETE', null) },
  'an-arrival-without-a-session': {
    teaches: 'An arrival must name its session.',
    ...misread('return', { status: 'complete' }, 'session_id'),
  },
  'an-arrival-without-a-word': {
    teaches: 'A signature without a word decides nothing.',
    ...misread('postback', { session_id: 'session-1' }, 'status'),
  },
  'a-word-that-is-no-text': {
    teaches: 'A list of words is not a word.',
    ...misread('return', { session_id: 'session-1', status: ['complete'] }, 'status'),
  },
  'a-link-with-a-password': {
    teaches: 'A link with a user name hides its host and is refused.',
    kind: 'entry',
    given: { surveys: [{ url: 'https://user:secret@evil.example/' }] },
    expectRequest: null,
    expect: { error: { kind: 'rejected', says: ['survey-1'] } },
  },
  'a-link-over-plain-http': {
    teaches: 'Plain http would expose the answers of respondents.',
    kind: 'entry',
    given: { surveys: [{ url: 'http://survey.example/' }] },
    expectRequest: null,
    expect: { error: { kind: 'rejected' } },
  },
})
