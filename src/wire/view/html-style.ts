import type { Palette } from './palette.ts'

/** The look of the page, on a screen and on paper. Everything is said here: the page loads nothing. */
export function styleSheet({ accent, tint }: Palette): string {
  return `
:root { --accent: ${accent}; --tint: ${tint}; --ink: #1c2330; --grey: #5b6470; --rule: #d5dae1 }
* { box-sizing: border-box }
body { margin: 0; background: #eef1f4; color: var(--ink); font: .875rem/1.45 Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
main { max-width: 60rem; margin: 2rem auto; padding: 2.5rem; background: #fff; border-top: 8px solid var(--accent); box-shadow: 0 1px 8px #0002; overflow-wrap: anywhere }
header { display: flex; justify-content: space-between; gap: 2rem; align-items: flex-start; margin-bottom: 1.5rem }
header img { max-width: 14rem; max-height: 5rem }
header .mark { font-size: 1.4rem; font-weight: 600; color: var(--accent); margin: 0 }
h1 { margin: 0; text-align: right; font-size: 1.9rem; line-height: 1.2; color: var(--accent) }
h1 span { display: block; font-size: 1.1rem; color: var(--ink) }
h2 { margin: 0 0 .4rem; font-size: 1rem; color: var(--accent) }
section { margin-top: 1.5rem }
dl { margin: 0 }
dt { color: var(--grey) }
dd { margin: 0; white-space: pre-line }
.parties { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1.25rem }
.party { margin: 0; font-size: .9rem }
.party h2 { font-size: .8rem }
.party:nth-child(2) { background: var(--tint); padding: .8rem 1rem }
.party p { margin: 0 }
.party .name { font-size: 1.05rem; font-weight: 600 }
.party dt, .party dd { display: inline }
.party dl { margin-top: .4rem; font-size: .85rem }
.party dd { color: var(--grey) }
.facts dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .6rem 1rem; padding: .7rem 0; border: solid var(--rule); border-width: 1px 0 }
.facts dt { font-size: .78rem }
.facts dd { font-weight: 600 }
table { width: 100%; border-collapse: collapse }
caption { text-align: left; font-weight: 600; color: var(--accent); padding-bottom: .4rem }
th, td { padding: .35rem .5rem; vertical-align: top; text-align: left; border-bottom: 1px solid var(--rule) }
thead th { color: var(--accent); font-size: .8rem; border-bottom: 2px solid var(--accent) }
th:first-child, td:first-child { padding-left: 0 }
th:last-child, td:last-child { padding-right: 0 }
tbody th { font-weight: inherit }
.right { text-align: right; white-space: nowrap; overflow-wrap: normal; font-variant-numeric: tabular-nums }
.group td, .group th { font-weight: 600 }
.information td, .information th { color: var(--grey) }
.details td { color: var(--grey); font-size: .85rem; padding-top: 0; white-space: pre-line }
.details p { margin: 0 }
tr:has(+ .details) > * { border-bottom: 0 }
.sums { display: grid; grid-template-columns: 3fr 2fr; gap: 2rem; align-items: start }
.sums section:only-child { grid-column: 1 / -1 }
.totals td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.totals th { font-weight: normal; border: 0 }
.totals td { border: 0 }
.totals .strong > * { background: var(--accent); color: #fff; font-size: 1.15rem; font-weight: 600; padding: .6rem .8rem }
.payment { display: flex; justify-content: space-between; gap: 1.5rem; background: var(--tint); padding: 1rem 1.2rem }
.payment dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem 1.2rem }
.payment figure { margin: 0; flex: none; text-align: center; font-size: .8rem; color: var(--grey) }
.payment svg { display: block; width: 9rem; height: 9rem; background: #fff }
.notes p { margin: 0 0 .3rem; white-space: pre-line }
.legal, .attachments, .technical { font-size: .85rem; color: var(--grey) }
.technical { font-size: .78rem }
footer { margin-top: 2rem; padding-top: .6rem; border-top: 1px solid var(--rule); font-size: .78rem; color: var(--grey) }
@media (max-width: 44rem) { main { margin: 0; padding: 1.2rem } .sums { grid-template-columns: 1fr } .lines { overflow-x: auto } .lines table { min-width: 40rem } }
@media print {
  @page { size: A4; margin: 14mm }
  html { font-size: 11px }
  body { background: none }
  main { margin: 0; padding: 0; max-width: none; box-shadow: none; border: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact }
  thead { display: table-header-group }
  tr, .sums, .payment, .party { break-inside: avoid }
  h2 { break-after: avoid }
}
`
}
