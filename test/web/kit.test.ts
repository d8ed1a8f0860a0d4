import { describe, expect, it } from 'vitest'
import { definitionList } from '../../web/kit/definition-list.js'
import { htmlDocument } from '../../web/kit/document.js'
import { filterForm } from '../../web/kit/filters.js'
import { button, postButton } from '../../web/kit/form.js'
import { html } from '../../web/kit/html.js'
import { pageLink } from '../../web/kit/page-link.js'
import { pager } from '../../web/kit/pager.js'
import { meter, progressBar } from '../../web/kit/progress.js'
import { PLAIN_STYLE } from '../../web/kit/stylesheets.js'
import { table } from '../../web/kit/table.js'
import { tag } from '../../web/kit/tag.js'
import { ago, timeAgo, timeExact } from '../../web/kit/time.js'

interface Payment {
  readonly panel: string
  readonly amount: string
}
const PAYMENTS = {
  label: 'Payments',
  columns: [
    { heading: 'panel', names: true, cell: ({ panel }: Payment) => panel },
    { heading: 'amount', numeric: true, cell: ({ amount }: Payment) => amount },
    { heading: 'actions', actions: true, cell: () => html`<a href="/x">open</a>` },
  ],
}

describe('a table', () => {
  it('names its columns and its rows, aligns money to the right, and escapes every cell', () => {
    const rows = [{ panel: '<b>', amount: '$1.50' }]
    const { text } = table({ ...PAYMENTS, rows, rowId: ({ panel }) => `of-${panel}` })
    expect(text).toContain('<table class="rows" aria-label="Payments">')
    expect(text).toContain('<th>panel</th><th class="number">amount</th>')
    expect(text).toContain('<tr id="of-&lt;b&gt;"><th scope="row" data-label="panel"><div>&lt;b&gt;</div></th>')
    expect(text).toContain('<td data-label="amount" class="number"><div>$1.50</div></td>')
    expect(text).toContain('<td><a href="/x">open</a></td>')
  })

  it('says what is missing where there is no row, and shows its heading where that is not said', () => {
    expect(table({ ...PAYMENTS, rows: [], empty: 'None <yet>.' }).text).toBe('<p class="soft">None &lt;yet&gt;.</p>')
    expect(table({ ...PAYMENTS, rows: [] }).text).toContain('<thead>')
  })

  it('of 10,000 rows is as long as its rows are', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ panel: `p${at % 10}`, amount: '1' }))
    const size = (count: number) => table({ ...PAYMENTS, rows: rows(count) }).text.length
    const [none, thousand] = [size(0), size(1_000)]
    expect(size(10_000) - none).toBe(10 * (thousand - none))
  })
})

describe('a list in pages', () => {
  it('links to the first and the next page, with the filters and the heading', () => {
    const next = pageLink('/ops', { connection: 'a&b', cursor: 'c=', state: null, plan: '' }, 'list')
    expect(next).toBe('/ops?connection=a%26b&cursor=c%3D#list')
    expect(pageLink('/ops', {})).toBe('/ops')
    const text = pager({ label: 'records', first: '/ops', next })?.text
    expect(text).toContain('<nav class="pager" aria-label="Pages of records"><a rel="first" href="/ops">First page</a>')
    expect(text).toContain('<a rel="next" href="/ops?connection=a%26b&amp;cursor=c%3D#list">Next page</a>')
  })

  it('has no links where all is on one page', () => {
    expect(pager({ label: 'records', next: null })).toBeNull()
    expect(pager({ label: 'records', first: '/x', next: null })?.text).not.toContain('rel="next"')
  })

  it('keeps what is filtered in the address and in the form', () => {
    const options = [
      ['a', 'A'],
      ['b', 'B<'],
    ] as const
    const fields = (value: string | null) => [
      { kind: 'choice', name: 'state', label: 'State', value, any: 'all', options } as const,
      { kind: 'date', name: 'from', label: 'From', value: null } as const,
      { kind: 'search', name: 'q', label: 'Search', value: null, placeholder: 'id …' } as const,
    ]
    const set = filterForm({ action: '/list#rows', label: 'Filter', filters: fields('b') }).text
    expect(set).toContain('<form method="get" action="/list#rows" class="filters" role="search" aria-label="Filter">')
    expect(set).toContain(
      '<option value="">all</option><option value="a">A</option><option value="b" selected>B&lt;</option>',
    )
    expect(set).toContain('<input type="date" name="from" value="">')
    expect(set).toContain('<input type="search" name="q" value="" placeholder="id …">')
    expect(set).toContain('<a href="/list#rows">Show all</a>')
    expect(filterForm({ action: '/list', label: 'Filter', filters: fields(null) }).text).not.toContain('Show all')
  })
})

describe('parts', () => {
  it('show a moment to people and to programs', () => {
    const at = new Date('2026-01-31T09:30:00.250Z')
    const now = new Date(at.getTime() + 7_200_000)
    expect(timeAgo(at, now).text).toBe(
      '<time datetime="2026-01-31T09:30:00.250Z" title="2026-01-31 09:30:00 UTC">2 h ago</time>',
    )
    expect(timeExact(at).text).toBe('<time datetime="2026-01-31T09:30:00.250Z">2026-01-31 09:30:00 UTC</time>')
    expect([ago(now, at), ago(at, new Date(at.getTime() + 90_000))]).toEqual(['now', '1 min ago'])
  })

  it('show how far a count is, never beyond its bar', () => {
    expect(progressBar('x', 12, 10).text).toBe('<progress max="10" value="10" aria-label="x"></progress>')
    expect(progressBar('x', -1, 0).text).toBe('<progress max="1" value="0" aria-label="x"></progress>')
    expect(meter('x', 12, 10).text).toContain('12 / 10')
  })

  it('list the facts that there are', () => {
    const facts = [
      ['A', 'a'],
      ['B', null],
      ['C', ''],
      ['D', undefined],
      ['E', false],
      ['F', 0],
    ] as const
    expect(definitionList(facts).text).toBe('<dl><dt>A</dt><dd>a</dd><dt>F</dt><dd>0</dd></dl>')
  })

  it('send a form with the token of the sign-in', () => {
    expect(postButton('/x?a=b&c', 't"', 'Go', { label: 'Go on' }).text).toBe(
      '<form method="post" action="/x?a=b&amp;c"><input type="hidden" name="form_token" value="t&quot;"><button class="quiet" aria-label="Go on">Go</button></form>',
    )
    expect(button('Go', { name: 'n', value: 0, disabled: true }).text).toBe(
      '<button name="n" value="0" disabled>Go</button>',
    )
    expect([tag('OPEN', 'good').text, tag('x').text]).toEqual([
      '<span class="tag good">OPEN</span>',
      '<span class="tag">x</span>',
    ])
  })

  it('make a document whose title and refresh are text', () => {
    const url = 'javascript:alert(1)'
    const body = html`<p>x</p>`
    const text = htmlDocument({
      title: '</title><b>',
      style: { linked: PLAIN_STYLE },
      refresh: { seconds: 2, url },
      body,
    })
    expect(text).toContain('<title>&lt;/title&gt;&lt;b&gt;</title>')
    expect(text).toContain('<meta http-equiv="refresh" content="2; url=#unsafe-address">')
    expect(text).toContain(`<link rel="stylesheet" href="/page.css?v=${PLAIN_STYLE.version}">`)
    expect(text).not.toContain('<script')
  })
})
