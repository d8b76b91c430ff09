/** The look of the matrix page, light and dark. Plots take their colours from the same variables. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --text: #1c2430; --quiet: #5b6675; --line: #d9dee5; --grid: #e8ebf0;
  --bar: #3a78c2; --c1: #7a8594; --c2: #2a7f62; --c3: #b07d12; --c4: #c4552d; --c5: #8c3fa0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181e; --raised: #1d232b; --text: #e4e9f0; --quiet: #9aa6b5; --line: #333c48; --grid: #28303a;
    --bar: #6ea5e8; --c1: #a8b3c2; --c2: #56c29a; --c3: #e0b34c; --c4: #f08a62; --c5: #cf8ae0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 0; }
p { margin: 4px 0; }
.quiet { color: var(--quiet); }
section { margin-top: 30px; padding: 18px 18px 12px; background: var(--raised); border: 1px solid var(--line);
  border-radius: 10px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 18px; margin-top: 12px; }
.plot { min-width: 0; }
.plot h3 { font-size: 14px; font-weight: 600; margin: 0 0 4px; }
.uplot { font-family: inherit; width: 100%; }
.u-legend { text-align: left; font-size: 13px; margin-top: 4px; }
.u-legend .u-series:first-child { display: none; }
.u-legend th::after { content: none !important; }
.u-legend .u-value { color: var(--quiet); }
.u-legend .u-marker { border-radius: 3px; }
.u-inline tr { margin-right: 14px; }
.scroll { overflow-x: auto; }
table.rows { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
table.rows th, table.rows td { padding: 5px 6px; border-bottom: 1px solid var(--line); white-space: nowrap; text-align: right; }
table.rows th { color: var(--quiet); font-weight: 600; vertical-align: bottom; white-space: normal; }
table.rows tr.baseline td { font-weight: 600; }
table.rows td.varied { color: var(--bar); font-weight: 600; }
code { font-size: 13px; }
`;
