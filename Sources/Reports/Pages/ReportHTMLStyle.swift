/// The style of the page: light and dark colours, as the system of the reader prefers, and one column
/// that fits a phone.
enum ReportHTMLStyle {
  static let text = """
    :root {
      --ground: #fbfaf8; --panel: #ffffff; --ink: #1f2328; --quiet: #626a73; --rule: #e2dfd9;
      --hit: #1f6f5c; --miss: #b4481f; --on: #ffffff;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #14171a; --panel: #1c2024; --ink: #e7e5e1; --quiet: #9aa2aa; --rule: #31373d;
        --hit: #5cc2a6; --miss: #ee8b5f; --on: #10130f;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 system-ui, "Noto Sans", sans-serif;
    }
    main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
    section {
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
    .bar { width: 40%; min-width: 5rem; }
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
    pre {
      overflow-x: auto; background: var(--ground); border-radius: 6px; padding: .8rem;
      font-size: .85rem;
    }
    details { margin-top: .75rem; }
    summary { cursor: pointer; }
    @media (max-width: 40rem) {
      section { padding: .8rem; }
      tbody th[scope=row] { max-width: 9rem; }
      .bar { width: 4rem; min-width: 4rem; }
    }
    @media print { section { break-inside: avoid; } }
    """
}
