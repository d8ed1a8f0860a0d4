/** The stylesheet of the operators' pages: light or dark as the reader has it, tables become cards on a phone. */
export const PAGES_CSS = `:root { color-scheme: light dark; --ink: #1b2430; --soft: #566272; --paper: #f4f6f8; --card: #fff; --line: #d9dfe7;
  --accent: #0b6557; --on-accent: #fff; --good: #0a6b3b; --warn: #8a5300; --bad: #ab1f18; --code: #edf1f5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #9dabbd; --paper: #11151b; --card: #1a2029; --line: #2f3946;
  --accent: #4fcbb3; --on-accent: #05221d; --good: #5dd191; --warn: #f0b35c; --bad: #ff8d84; --code: #232c38; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; padding: .6rem 1rem; background: var(--card);
  border-bottom: 1px solid var(--line); }
header form { margin-left: auto; display: flex; gap: .6rem; align-items: center; }
header span, .soft { color: var(--soft); }
main { max-width: 80rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1 { font-size: 1.35rem; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
a { color: var(--accent); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin: .75rem 0; }
.narrow { max-width: 26rem; margin: 3rem auto; }
.stack { display: grid; gap: .6rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.row form { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; }
.notice, .alert { border-left: .3rem solid var(--good); background: var(--card); padding: .6rem .9rem; margin: .75rem 0; }
.alert { border-color: var(--bad); }
.tag { display: inline-block; white-space: nowrap; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .55rem; font-size: .85rem; font-weight: 600; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
th, td { text-align: left; padding: .5rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; overflow-wrap: normal; }
td > .row { min-width: 13rem; }
time { white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font-family: ui-monospace, monospace; font-size: .85em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: .4rem; padding: .5rem .6rem; margin: .4rem 0; white-space: pre-wrap; max-height: 12rem; overflow: auto; }
progress { display: block; width: 100%; min-width: 6rem; max-width: 12rem; height: .5rem; margin-top: .25rem; accent-color: var(--accent); }
ul.views { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem .5rem; padding: 0; margin: .5rem 0; }
ul.views a { display: inline-block; padding: .3rem .7rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); text-decoration: none; }
button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: .45rem;
  padding: .35rem .8rem; min-height: 2.25rem; cursor: pointer; }
button.quiet { background: var(--code); color: var(--ink); border-color: var(--line); }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .45rem; padding: .35rem .6rem;
  min-height: 2.25rem; min-width: 0; max-width: 100%; }
button:focus-visible, a:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary { cursor: pointer; color: var(--accent); }
details form { margin-top: .4rem; }
@media (max-width: 52rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; width: 100%; }
  table { border: 0; background: none; }
  tr { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .4rem .75rem; margin: .6rem 0; }
  td, td.number { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .5rem; border: 0; padding: .25rem 0; text-align: left; }
  td::before { content: attr(data-label); color: var(--soft); font-size: .85rem; }
  td:not([data-label]) { display: block; }
  td:not([data-label])::before { content: none; }
  button, input { min-height: 2.75rem; }
}
`
