"""What the report looks like: on a phone, on a desk, in the dark, and on paper."""

STYLE = """\
:root {
  color-scheme: light dark;
  --ground: #ffffff; --card: #f6f7f9; --line: #d9dde3; --text: #1a1d21; --quiet: #555d68;
  --page: #b3261e; --ticket: #8a5a00; --gone: #5b6470; --reset: #1f6f5c; --link: #0b57b0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1d2125; --line: #363c43; --text: #e8eaed; --quiet: #a9b1bb;
    --page: #ff8a80; --ticket: #f2bd5a; --gone: #97a0ab; --reset: #6cd3b5; --link: #8ab8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.7rem; margin: 0.5rem 0 0.2rem; }
h2 {
  font-size: 1.3rem; margin: 2.5rem 0 0.8rem; padding-bottom: 0.2rem; border-bottom: 2px solid var(--line);
}
h3 { font-size: 1.1rem; margin: 0; }
h4 { font-size: 0.95rem; margin: 1.1rem 0 0.3rem; }
p { margin: 0.4rem 0; }
a { color: var(--link); }
code { font: 0.88em ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
.quiet { color: var(--quiet); }
.slo {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 1rem 0;
}
.pictures {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem;
}
figure { margin: 0.5rem 0; min-width: 0; }
figcaption { font-size: 0.85rem; color: var(--quiet); }
svg { display: block; width: 100%; max-width: 34rem; height: auto; }
svg text { font: 10.5px system-ui, "DejaVu Sans", sans-serif; fill: var(--quiet); }
svg .strong { fill: var(--text); font-weight: 600; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; } svg .start { text-anchor: start; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
svg .curve.page { stroke: var(--page); } svg .curve.ticket { stroke: var(--ticket); stroke-dasharray: 6 3; }
svg .curve.gone { stroke: var(--gone); stroke-width: 1.5; stroke-dasharray: 1.5 3; }
svg .bar.page { fill: var(--page); } svg .bar.ticket { fill: var(--ticket); }
svg .bar.reset { fill: var(--reset); }
.key {
  display: inline-block; width: 1.6em; border-top: 3px solid; vertical-align: middle; margin: 0 0.3em 0 0.8em;
}
.key.page { border-color: var(--page); }
.key.ticket { border-color: var(--ticket); border-top-style: dashed; }
.key.gone { border-color: var(--gone); border-top-style: dotted; } .key.reset { border-color: var(--reset); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 0.9rem; margin: 0.6rem 0; }
dt { color: var(--quiet); } dd { margin: 0; min-width: 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th, td {
  text-align: left; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top;
}
th { color: var(--quiet); font-weight: 500; }
ul { padding-left: 1.2rem; margin: 0.3rem 0; }
.error { color: var(--page); font-weight: 600; } .warning { color: var(--ticket); font-weight: 600; }
@media (max-width: 46rem) {
  body { padding: 0.8rem; }
  thead { display: none; }
  tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  td { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0.5rem; border: 0; padding: 0.05rem 0; }
  td::before { content: attr(data-head); color: var(--quiet); }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.4rem; }
}
@media (max-width: 26rem) {
  body { padding: 0.5rem; } .slo { padding: 0.6rem; }
  svg text { font-size: 13px; }
}
@media print {
  :root { --ground: #fff; --card: #fff; --line: #bbb; --text: #000; --quiet: #333;
    --page: #a00; --ticket: #750; --gone: #444; --reset: #055; --link: #000; }
  body { max-width: none; font-size: 11pt; } .slo { break-inside: avoid; } h2 { break-after: avoid; }
}
"""
