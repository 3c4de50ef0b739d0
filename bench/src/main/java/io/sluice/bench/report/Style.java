package io.sluice.bench.report;

/// The style sheets: one for charts, also in separate files, and one for the page around them. Both follow the light or
/// dark mode of the reader's system, and are always light on paper. The colours are those of M. Okabe and K. Ito,
/// *Color Universal Design* (2008), which colour-blind readers can distinguish, darker or lighter where the background
/// needs it.
final class Style {
    /// Number of colours of the curves, `c0` and so on.
    static final int COLOURS = 7;

    static final String CHART = """

            :root {
              color-scheme: light dark;
              --page: #ffffff; --card: #ffffff; --border: #d5dae1; --ink: #1b222c; --muted: #5a6573; --grid: #e6e9ee;
              --ours: #0072b2; --peer: #dd8e00; --other: #8a94a1; --good: #00704f; --bad: #b3400a;
              --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b8578f; --c4: #e69f00; --c5: #3fa0d8; --c6: #6b7480;
            }
            @media screen and (prefers-color-scheme: dark) {
              :root {
                --page: #0f1318; --card: #161b22; --border: #303843; --ink: #e4e9f0; --muted: #9aa6b5; --grid: #272e38;
                --ours: #4aa8e0; --peer: #e6a532; --other: #7f8a98; --good: #3ccf9d; --bad: #ff8f57;
                --c0: #4aa8e0; --c1: #f0803c; --c2: #2fc295; --c3: #dd8fbd; --c4: #f0bb45; --c5: #9ad4f5; --c6: #a4afbd;
              }
            }
            .chart text, text { font: 13px system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
              fill: var(--ink); }
            .chart { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
            text.title { font-size: 16px; font-weight: 600; }
            text.muted, text.tick { fill: var(--muted); }
            text.tick { font-size: 12px; font-variant-numeric: tabular-nums; }
            text.value { font-variant-numeric: tabular-nums; font-weight: 600; }
            text.name-ours { font-weight: 600; }
            text.end { text-anchor: end; }
            text.middle { text-anchor: middle; }
            .card { fill: var(--card); stroke: var(--border); }
            .grid { stroke: var(--grid); }
            .guide { stroke: var(--muted); stroke-dasharray: 1 3; }
            .axis { stroke: var(--muted); }
            .whisker { stroke: var(--ink); stroke-width: 1.3; }
            .ours { fill: var(--ours); }
            .peer { fill: var(--peer); }
            .other { fill: var(--other); }
            .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
            .dashed { stroke-dasharray: 5 3; }
            .dot { stroke: none; }
            .curve.c0 { stroke: var(--c0); } .dot.c0 { fill: var(--c0); }
            .curve.c1 { stroke: var(--c1); } .dot.c1 { fill: var(--c1); }
            .curve.c2 { stroke: var(--c2); } .dot.c2 { fill: var(--c2); }
            .curve.c3 { stroke: var(--c3); } .dot.c3 { fill: var(--c3); }
            .curve.c4 { stroke: var(--c4); } .dot.c4 { fill: var(--c4); }
            .curve.c5 { stroke: var(--c5); } .dot.c5 { fill: var(--c5); }
            .curve.c6 { stroke: var(--c6); } .dot.c6 { fill: var(--c6); }
            """;

    static final String PAGE = """

            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page);
              color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
            h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
            h2 { font-size: 1.25rem; margin: 0 0 .2rem; }
            h3 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
            p { margin: .3rem 0 .8rem; }
            a { color: var(--ours); text-decoration: none; }
            a:hover { text-decoration: underline; }
            nav ol { padding-left: 1.4rem; margin: .4rem 0; }
            nav li { margin: .3rem 0; }
            .muted { color: var(--muted); }
            section { background: var(--card); border: 1px solid var(--border); border-radius: 10px;
              padding: 1.2rem 1.4rem; margin: 1.4rem 0; }
            figure { margin: 1rem 0; }
            svg.chart { display: block; width: 100%; height: auto; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums;
              margin: .3rem 0 .6rem; }
            th, td { padding: .28rem .8rem .28rem 0; text-align: right; border-bottom: 1px solid var(--grid);
              white-space: nowrap; vertical-align: top; }
            th { color: var(--muted); font-weight: 500; }
            th.left, td.left { text-align: left; }
            td.left:first-child { white-space: normal; min-width: 10rem; }
            td.reached, td.missed { text-align: left; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: .4rem 0;
              font-size: .87rem; }
            dt { color: var(--muted); }
            dd { margin: 0; overflow-wrap: anywhere; }
            ul.notes { margin: .4rem 0; padding-left: 1.2rem; font-size: .87rem; color: var(--muted);
              overflow-wrap: anywhere; }
            .reached { color: var(--good); font-weight: 600; }
            .missed { color: var(--bad); font-weight: 600; }
            @media print {
              body { max-width: none; padding: 0; font-size: 11px; }
              section { border: none; padding: 0; }
              h2, h3 { break-after: avoid; }
              figure, tr { break-inside: avoid; }
              .scroll { overflow: visible; }
            }
            """;

    private Style() {}
}
