/// The style of the page: light or dark colours, as preferred by the reader's system, and one
/// column that fits on a phone.
enum PageStyle {
  private static let dark = """
    --ground: #14171a; --panel: #1c2024; --ink: #e7e5e1; --quiet: #9aa2aa; --rule: #31373d; \
    --hit: #5cc2a6; --miss: #ee8b5f; --on: #10130f; --for: #3f8cf0; --against: #d96a10; \
    color-scheme: dark;
    """

  static let text = """
    :root {
      --ground: #fbfaf8; --panel: #ffffff; --ink: #1f2328; --quiet: #626a73; --rule: #e2dfd9;
      --hit: #1f6f5c; --miss: #b4481f; --on: #ffffff; --for: #2a7de1; --against: #e8710a;
    }
    @media (prefers-color-scheme: dark) {
      :root:not([data-theme=light]) { \(dark) }
    }
    :root[data-theme=dark] { \(dark) }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 system-ui, "Noto Sans", sans-serif;
    }
    main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.1rem; margin: 0; display: inline; }
    h3 { font-size: .95rem; margin: 1.25rem 0 .5rem; }
    details.part > summary { margin-bottom: .75rem; }
    details.part:not([open]) > summary { margin-bottom: 0; }
    details.part {
      background: var(--panel); border: 1px solid var(--rule); border-radius: 10px;
      padding: 1rem; margin-top: 1rem;
    }
    .quiet { color: var(--quiet); margin: .5rem 0 0; font-size: .9rem; }
    .verdict { font-size: 1.05rem; font-weight: 600; margin: 0 0 .75rem; }
    .warning { color: var(--miss); margin: .75rem 0 0; overflow-wrap: anywhere; }
    .cards {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem;
      margin: 1rem 0 0;
    }
    .cards div {
      background: var(--panel); border: 1px solid var(--rule); border-radius: 10px;
      padding: .7rem .9rem;
    }
    .cards dt { color: var(--quiet); font-size: .85rem; }
    .cards dd { margin: 0; font-size: 1.35rem; font-weight: 600; white-space: nowrap; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td {
      padding: .3rem .8rem .3rem 0; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--rule);
    }
    th { text-align: left; font-weight: 500; }
    thead th { color: var(--quiet); font-size: .85rem; text-align: right; }
    thead th:first-child, thead th.left { text-align: left; }
    tr:last-child th, tr:last-child td { border-bottom: 0; }
    tbody th[scope=row] { max-width: 20rem; overflow: hidden; text-overflow: ellipsis; }
    td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; }
    table.labels { width: 100%; }
    table.labels td.text { min-width: 16rem; }
    .bar { width: 25%; min-width: 4rem; }
    td.bar div { border-radius: 3px; background: var(--rule); }
    td.bar span { display: block; height: .8rem; border-radius: 3px; background: var(--hit); }
    svg { display: block; color: var(--ink); }
    svg.curve { width: 100%; min-width: 28rem; max-width: 44rem; height: auto; }
    svg text { fill: var(--ink); font-family: inherit; }
    svg .axis, svg .tick { fill: var(--quiet); font-size: 12px; }
    svg .grid { stroke: var(--rule); }
    svg .back { fill: var(--ground); }
    svg .hit { fill: var(--hit); }
    svg .miss { fill: var(--miss); }
    svg .count { text-anchor: middle; dominant-baseline: central; }
    svg .on { fill: var(--on); }
    svg .row { text-anchor: end; dominant-baseline: central; }
    svg polyline { fill: none; stroke-width: 2; }
    svg polyline.training, svg line.training { stroke: var(--hit); }
    svg polyline.validation, svg line.validation { stroke: var(--miss); }
    svg circle.training { fill: var(--hit); }
    svg circle.validation { fill: var(--miss); }
    .document { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; }
    .document span { border-radius: 3px; padding: .1em 0; }
    .document .for { background: color-mix(in srgb, var(--for) var(--share), transparent); }
    .document .against { background: color-mix(in srgb, var(--against) var(--share), transparent); }
    td.gate { width: 9%; min-width: 4.5rem; }
    td.gate div { border-radius: 3px; background: var(--rule); }
    td.gate span { display: block; height: .6rem; border-radius: 3px; background: var(--hit); }
    tr.cut th, tr.cut td { border-top: 2px solid var(--miss); }
    pre {
      overflow-x: auto; background: var(--ground); border-radius: 6px; padding: .8rem;
      font-size: .85rem;
    }
    details { margin-top: .75rem; }
    summary { cursor: pointer; }
    @media (max-width: 40rem) {
      details.part { padding: .8rem; }
      tbody th[scope=row] { max-width: 9rem; }
      .bar { width: 4rem; min-width: 4rem; }
    }
    thead button {
      font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
    }
    thead th[aria-sort=ascending] button::after { content: " \u{2191}"; }
    thead th[aria-sort=descending] button::after { content: " \u{2193}"; }
    .cards .interval { white-space: normal; }
    .interval { color: var(--quiet); font-size: .8rem; font-weight: 400; display: block; }
    .controls { display: flex; flex-wrap: wrap; gap: .6rem; margin: 0 0 .75rem; }
    .controls label { color: var(--quiet); font-size: .85rem; display: grid; gap: .15rem; }
    .controls select, .controls input, button.plain {
      font: inherit; font-size: .95rem; color: var(--ink); background: var(--ground);
      border: 1px solid var(--rule); border-radius: 6px; padding: .3rem .5rem; max-width: 16rem;
    }
    button.plain { cursor: pointer; }
    .top { display: flex; gap: 1rem; align-items: start; justify-content: space-between; }
    ol.documents { list-style: none; margin: 0; padding: 0; }
    ol.documents li { border-top: 1px solid var(--rule); padding: .6rem 0; }
    ol.documents li p { margin: .25rem 0 0; overflow-wrap: anywhere; }
    .pair { font-weight: 600; }
    .place { color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
    .small { display: flex; flex-wrap: wrap; gap: .75rem; }
    .small figure { margin: 0; width: 9.5rem; }
    .small figcaption {
      font-size: .85rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
    }
    svg g[role=button] { cursor: pointer; }
    svg g[role=button]:focus-visible rect { stroke: var(--ink); stroke-width: 2; }
    svg .diagonal { stroke: var(--quiet); stroke-dasharray: 4 4; }
    svg .whisker { stroke: var(--ink); }
    svg .frame { fill: none; stroke: var(--rule); }
    @media print {
      details.part { break-inside: avoid; border: 0; }
      .controls, button.plain { display: none; }
      body { background: #ffffff; }
    }
    """
}
