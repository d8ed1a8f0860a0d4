import { type Html, html } from '../kit/html.js'
import { table } from '../kit/table.js'
import { tag } from '../kit/tag.js'
import type { PartView } from './ops-view.js'

/** The parts of the installation: a silent one comes with where to look. */
export const partsTable = (parts: readonly PartView[]): Html =>
  table({
    label: 'Parts of the installation',
    rows: parts,
    columns: [
      { heading: 'part', names: true, cell: ({ name }) => html`<strong>${name}</strong>` },
      {
        heading: 'state',
        cell: ({ ok, detail }) =>
          html`${ok ? tag('heard', 'good') : tag('silent', 'bad')}${detail !== null && html` ${detail}`}`,
      },
    ],
  })
