/** The style of all pages of the sandbox: one column, readable on a phone, light or dark as the reader has it. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5c6878; --paper: #f5f6f8; --card: #fff; --line: #dde2e9;
  --accent: #0b6e5f; --on-accent: #fff; --good: #0b6e3a; --bad: #b3261e; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #9aa7b8; --paper: #12161c; --card: #1b212a;
  --line: #303a47; --accent: #4cc9b0; --on-accent: #06231e; --good: #5ad08d; --bad: #ff8a80; --code: #232b36; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
h1, h2, h3 { overflow-wrap: anywhere; }
p { margin: .5rem 0; }
a { color: var(--accent); }
small, .soft { color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin: .75rem 0; }
.grid { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
.grid .card { margin: 0; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; justify-content: space-between; }
.tag { display: inline-block; background: var(--code); border-radius: 1rem; padding: .1rem .6rem; font-size: .85rem; margin: .1rem .2rem .1rem 0; }
.good { color: var(--good); } .bad { color: var(--bad); }
button, .button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0;
  border-radius: .5rem; padding: .6rem 1rem; min-height: 2.75rem; cursor: pointer; text-decoration: none; display: inline-block; }
button small, .button small { color: inherit; font-weight: 400; }
button.quiet, .button.quiet { background: var(--code); color: var(--ink); border: 1px solid var(--line); }
button[disabled] { opacity: .5; cursor: default; }
button:focus-visible, a:focus-visible, select:focus-visible, input:focus-visible, [tabindex]:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
select, input:not([type=checkbox]) { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; max-width: 100%; min-height: 2.75rem; }
.choices { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); margin: 1rem 0; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: .5rem; padding: .75rem; overflow-x: auto; font-size: .85rem; line-height: 1.4; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
a.plain { color: inherit; text-decoration: none; display: block; } a.plain:hover { border-color: var(--accent); }
.scroll { overflow-x: auto; }
ul { padding-left: 1.2rem; margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } td, th { text-align: left; padding: .35rem .5rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; }
input[type=checkbox] { width: 1.2rem; height: 1.2rem; vertical-align: text-bottom; }
.fields { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
.fields input, .fields select { width: 100%; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.buttons input[type=number] { width: 5rem; }
li .buttons button { padding: .3rem .7rem; min-height: 2.2rem; }
.list { list-style: none; padding: .25rem 1rem; } .list li { padding: .75rem 0; border-bottom: 1px solid var(--line); } .list li:last-child { border: 0; }
.list li > :first-child { flex: 1 1 12rem; } .list .meter { flex: 0 1 14rem; }
.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); margin: .75rem 0; }
.tiles .card { margin: 0; } .tiles dd { font-size: 1.35rem; font-weight: 600; }
.meter { display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: center; }
progress { width: 9rem; max-width: 100%; height: .9rem; accent-color: var(--accent); }
.figures, .number { font-variant-numeric: tabular-nums; white-space: nowrap; } td.number, th.number { text-align: right; padding-left: .5rem; }
tbody th { font-weight: 500; } tbody th small { font-weight: 400; }
.plot { margin: 0; } figcaption { font-weight: 600; } .legend { font-size: .85rem; color: var(--soft); margin: .25rem 0; }
.plot svg { display: block; width: 100%; height: auto; } .plot svg.narrow { display: none; max-width: 26rem; }
@media (max-width: 40rem) { .plot svg.wide { display: none; } .plot svg.narrow { display: block; } }
.plot text { font: 12px system-ui, sans-serif; fill: var(--soft); } .plot .end { text-anchor: end; } .plot .middle { text-anchor: middle; }
.grid-line { stroke: var(--line); stroke-width: 1; } .grid-tick { stroke: var(--soft); stroke-width: 1; }
.completes-line { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linejoin: round; }
.failures-line { fill: none; stroke: var(--soft); stroke-width: 2; stroke-dasharray: 6 4; }
.completes-dot { fill: var(--accent); }
.target-line { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 2 4; }
.key { display: inline-block; width: 1rem; height: .75rem; border-radius: .15rem; margin-right: .25rem; }
.keyed { white-space: nowrap; margin-right: .75rem; }
.key-completes { background: var(--accent); } .key-failures { background: var(--soft); } .key-target { background: var(--bad); }
.plot rect { stroke: var(--card); stroke-width: 1; }
.bar-completed { fill: #009e73; } .key-completed { background: #009e73; }
.bar-terminated { fill: #e69f00; } .key-terminated { background: #e69f00; }
.bar-disqualified { fill: #d55e00; } .key-disqualified { background: #d55e00; }
.bar-screened_out { fill: #56b4e9; } .key-screened_out { background: #56b4e9; }
.bar-rejected { fill: #a3123a; } .key-rejected { background: #a3123a; }
.bar-quota_full { fill: #0072b2; } .key-quota_full { background: #0072b2; }
.bar-error { fill: #7a7f87; } .key-error { background: #7a7f87; }
.bar-timeout { fill: #cc79a7; } .key-timeout { background: #cc79a7; }
`
