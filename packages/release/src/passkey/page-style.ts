// SPDX-License-Identifier: Apache-2.0

/** How a page looks: by day and by night, on a laptop and on a phone, and for who asks for less motion or more contrast. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f7f6f3, #16181c);
  --card: light-dark(#ffffff, #1e2126);
  --ink: light-dark(#1d1f23, #e9e7e2);
  --soft: light-dark(#63666d, #a09fa0);
  --line: light-dark(#e3e0d9, #32363d);
  --seal: light-dark(#1f5f4a, #7cc7a8);
  --on-seal: light-dark(#ffffff, #10231b);
  --added: light-dark(#1f6b3a, #83cf9c);
  --removed: light-dark(#a3342b, #f0948b);
  --changed: light-dark(#8a5a00, #e0b45c);
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  padding-bottom: 8rem; overflow-wrap: anywhere;
}
main, .bar > div { max-width: 56rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding: 2.5rem 0 1.5rem; }
.where { display: flex; flex-wrap: wrap; gap: .2rem 1rem; justify-content: space-between; color: var(--soft); font-size: .85rem; margin: 0 0 2.25rem; }
.where b { color: var(--ink); font-weight: 600; letter-spacing: .01em; }
h1 { font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; margin: 0 0 .6rem; overflow-wrap: anywhere; }
.lead { color: var(--soft); margin: 0; max-width: 42rem; }
section, details { background: var(--card); border: 1px solid var(--line); border-radius: 12px; margin: 1rem 0; padding: 1.1rem 1.35rem 1.25rem; }
h2, summary { font-size: .95rem; font-weight: 600; margin: 0 0 .65rem; }
summary { margin: 0; cursor: pointer; }
details[open] > summary { margin-bottom: .65rem; }
.note { color: var(--soft); font-size: .9rem; margin: -.35rem 0 .75rem; }
dl { display: grid; grid-template-columns: minmax(7rem, 11rem) minmax(0, 1fr); gap: .35rem 1.25rem; margin: 0; }
dt { color: var(--soft); font-size: .9rem; padding-top: .05rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; overflow-wrap: normal; color: var(--soft); font-weight: 500; font-size: .82rem; padding: 0 1rem .4rem 0; }
td { border-top: 1px solid var(--line); padding: .45rem 1rem .45rem 0; vertical-align: top; overflow-wrap: anywhere; min-width: 5.5rem; }
td:last-child, th:last-child { padding-right: 0; }
td:first-child { white-space: pre-wrap; min-width: 9rem; }
tr.added td:first-child { color: var(--added); }
tr.removed td:first-child { color: var(--removed); }
tr.changed td:first-child { color: var(--changed); }
pre, code { font: .82rem/1.6 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
i { font-style: normal; font-size: .75em; border: 1px solid currentColor; border-radius: 3px; padding: 0 .2em; color: var(--removed); }
.bar { position: fixed; inset: auto 0 0 0; background: color-mix(in srgb, var(--card) 92%, transparent); backdrop-filter: blur(8px); border-top: 1px solid var(--line); }
.bar > div { display: flex; gap: 1rem; align-items: center; padding-top: 1rem; padding-bottom: 1rem; }
#said { flex: 1; margin: 0; font-size: .9rem; color: var(--soft); }
button { font: inherit; font-weight: 600; border-radius: 9px; border: 1px solid var(--line); padding: .6rem 1.15rem; cursor: pointer; background: transparent; color: var(--ink); white-space: nowrap; }
#act { background: var(--seal); border-color: var(--seal); color: var(--on-seal); }
button:focus-visible, summary:focus-visible { outline: 3px solid color-mix(in srgb, var(--seal) 45%, transparent); outline-offset: 2px; }
button:disabled { opacity: .55; cursor: default; }
.done #said { color: var(--added); font-weight: 600; }
.failed #said { color: var(--removed); }
@media (max-width: 40rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .55rem; }
  .bar > div { flex-wrap: wrap; } #said { flex-basis: 100%; }
  h1 { font-size: 1.6rem; }
}
@media print { .bar { display: none; } }
`;
