/** The stylesheet of the reference, served at /docs/style.css. */
export const DOCS_CSS = `:root{color-scheme:light dark;--paper:#fbfbf9;--panel:#f1f2ee;--ink:#1c2321;--soft:#5b6764;--line:#dcdfd8;
--accent:#0b6e62;--code:#12211f;--code-ink:#e6efec;--get:#0b6e62;--post:#9a5a00;--put:#5b4bb3;--good:#0b6e62;--bad:#a8321f}
@media (prefers-color-scheme:dark){:root{--paper:#12181a;--panel:#182023;--ink:#e4eae8;--soft:#9aa8a5;--line:#2b363a;
--accent:#5cc8b8;--code:#0c1113;--code-ink:#dbe6e3;--get:#5cc8b8;--post:#e0a95a;--put:#a99cf0;--good:#5cc8b8;--bad:#f08d7b}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1.5rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",sans-serif;
display:grid;grid-template-columns:20rem minmax(0,1fr)}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
code,pre,kbd,.name,.type,.method{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{font-size:.9em;overflow-wrap:anywhere}
p code,li code,dd code{background:var(--panel);border-radius:3px;padding:.05em .3em}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:2}
nav{position:sticky;top:0;height:100vh;overflow-y:auto;background:var(--panel);border-right:1px solid var(--line);
padding:1.5rem 1.25rem 2rem;font-size:.875rem}
.brand{display:block;font-size:1.15rem;font-weight:650;letter-spacing:-.01em;color:var(--ink);text-decoration:none;margin-bottom:1rem}
.filter{display:flex;align-items:center;gap:.4rem;margin-bottom:1.25rem;position:relative}
.filter[hidden]{display:none}
.filter span{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.filter input{flex:1;min-width:0;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:.4rem .6rem}
kbd{font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 .35rem;background:var(--paper)}
nav h2{font-size:.75rem;font-weight:600;color:var(--soft);margin:1.1rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:flex;gap:.5rem;align-items:baseline;padding:.2rem .4rem;margin:0 -.4rem;border-radius:4px;color:inherit;text-decoration:none;overflow-wrap:anywhere}
nav li a:hover,nav li a.here{background:var(--paper)}
nav .method{flex:none;width:2.4rem;font-size:.68rem;background:none;padding:0}
.raw{margin-top:1.5rem}
main{padding:2.5rem clamp(1rem,4vw,3.5rem) 6rem;max-width:82rem}
h1{font-size:2rem;letter-spacing:-.02em;line-height:1.2;margin:0 0 .75rem}
header p{max-width:44rem}
.group>h2{font-size:1.35rem;letter-spacing:-.01em;margin:3.5rem 0 .25rem;padding-top:1rem;border-top:2px solid var(--ink)}
.group>p{margin:0 0 1rem;color:var(--soft)}
article{padding:1.75rem 0 2rem;border-bottom:1px solid var(--line)}
article>p{max-width:44rem;margin:.4rem 0}
h3{font-size:1.05rem;font-weight:600;margin:0;display:flex;gap:.6rem;align-items:baseline;flex-wrap:wrap}
.anchor{color:var(--soft);text-decoration:none;opacity:0}h3:hover .anchor,.anchor:focus{opacity:1}
.summary{font-size:1.05rem}
.method{font-size:.78rem;font-weight:650;text-transform:uppercase}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}
.columns{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:2.5rem;margin-top:.75rem}
h4{font-size:.875rem;margin:1.25rem 0 .25rem}h5{font-size:.875rem;margin:.75rem 0 0;font-weight:600}
.fields{list-style:none;margin:0;padding:0}
.fields li{padding:.45rem 0;border-top:1px solid var(--line)}
.fields p{margin:.1rem 0 0;font-size:.9rem;color:var(--soft)}
.name{font-size:.875rem;font-weight:600}.type{font-size:.8rem;color:var(--soft);overflow-wrap:anywhere}
.required{font-size:.75rem;color:var(--bad)}
details{margin-top:.2rem}summary{cursor:pointer;font-size:.85rem;color:var(--accent)}
details .fields{margin:.25rem 0 .25rem .9rem}
.answers{display:grid;grid-template-columns:3rem minmax(0,1fr);margin:0;font-size:.9rem}
.answers dt,.answers dd{padding:.4rem 0;margin:0;border-top:1px solid var(--line)}
dt{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}.good{color:var(--good)}.bad{color:var(--bad)}
figure{margin:1.25rem 0 0;position:relative}
figcaption{font-size:.8rem;color:var(--soft);margin-bottom:.25rem}
pre{margin:0;background:var(--code);color:var(--code-ink);border-radius:8px;padding:.9rem 1rem;overflow:auto;max-height:26rem;font-size:.8rem;line-height:1.55}
pre code{font-size:inherit;overflow-wrap:normal}
.copy{position:absolute;right:0;top:-.15rem;font:inherit;font-size:.8rem;color:var(--soft);background:none;border:0;padding:.1rem .2rem;cursor:pointer}
.copy:hover{color:var(--accent)}
.nothing{font-size:1.1rem;margin-top:3rem}
[hidden]{display:none!important}
@media (max-width:72rem){.columns{grid-template-columns:minmax(0,1fr);gap:0}}
@media (max-width:52rem){body{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}
nav section{display:none}.raw{margin:0}main{padding-top:1.5rem}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{nav,.copy{display:none}body{display:block}pre{max-height:none}}`
