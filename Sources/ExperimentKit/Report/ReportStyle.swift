/// What a report looks like, and the little that runs in it. Everything can be read without the script.
enum ReportStyle {
  static var sheet: Markup {
    Markup.literal("<style>:root{") + .literal(light) + .colours(dark: false)
      + .literal("}@media screen and (prefers-color-scheme:dark){:root{")
      + .literal(dark) + .colours(dark: true) + .literal("}}") + .literal(rules) + .literal("</style>")
  }

  private static let light: StaticString = """
    --ground:#fff;--raised:#f5f6f7;--ink:#1d2126;--faint:#59616a;--line:#d5d9dd;--link:#0b5cad;--good:#00664d;--bad:#a63c00;--idle:#59616a;--mark:#fff4e8;
    """
  private static let dark: StaticString = """
    --ground:#101317;--raised:#1b2026;--ink:#e4e7ea;--faint:#a9b0b8;--line:#39414a;--link:#79b8ff;--good:#4fd1ab;--bad:#ff9d5c;--idle:#a9b0b8;--mark:#2c2117;
    """

  /// Every outcome has a word and a sign beside its colour.
  private static let rules: StaticString = """
    *{box-sizing:border-box}
    html{color-scheme:light dark;scroll-behavior:smooth;scroll-padding-top:1rem}
    @media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    body{margin:0 auto;max-width:78rem;padding:1rem 1.25rem 4rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:break-word}
    h1{font-size:1.9rem;line-height:1.2;margin:1rem 0 .25rem}
    h2{font-size:1.5rem;margin:3rem 0 1rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
    h3{font-size:1.2rem;margin:0 0 .25rem;line-height:1.3}
    h4{font-size:1rem;margin:1.2rem 0 .3rem}
    h5{font-size:.9rem;margin:1rem 0 .3rem}
    p{margin:.4rem 0;max-width:50rem}
    a{color:var(--link)}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    code{font:.875em ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.3rem .6rem}
    .paper,.source,figcaption,.remark{color:var(--faint)}
    .verdict{font-size:1.35rem;font-weight:600;margin:1rem 0 .5rem}
    .bar{display:flex;gap:2px;height:.7rem;max-width:50rem;margin:.5rem 0 1rem}
    .segment{border-radius:2px}.segment.holds{background:var(--good)}.segment.fails{background:var(--bad)}.segment.error{background:#c0c}.segment.idle{background:var(--line)}
    .generated{color:var(--bad);font-weight:600}.real{color:var(--good);font-weight:600}
    .missing{border-left:4px solid var(--bad);background:var(--mark);padding:.5rem .8rem}
    .facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.25rem;margin:1rem 0;font-size:.9rem}
    .facts dt{color:var(--faint)}.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
    nav ul,.links{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:1rem 0}
    nav a{display:block;padding:.3rem .6rem;border:1px solid var(--line);border-radius:.4rem;text-decoration:none;font-size:.875rem;background:var(--raised)}
    nav a:hover{border-color:var(--link)}
    .chip{font-weight:600;font-variant-numeric:tabular-nums}.chip.holds{color:var(--good)}.chip.fails{color:var(--bad)}.chip.idle{color:var(--idle)}
    section{margin:1.5rem 0;padding:1.1rem 1.2rem 1rem;border:1px solid var(--line);border-radius:.6rem}
    .key{margin:.5rem 0;padding-left:1.2rem;font-size:.9rem}
    figure{margin:1rem 0 .3rem}figcaption{font-size:.85rem;margin-top:.3rem}
    .frame{overflow-x:auto;max-width:100%}
    figure .frame{border:1px solid var(--line);border-radius:.4rem;background:var(--fig)}
    figure svg{display:block;width:100%;min-width:46rem;height:auto}
    svg text{font-family:"DejaVu Sans",Verdana,sans-serif}
    details{margin:.4rem 0}summary{cursor:pointer;color:var(--link);font-size:.9rem;padding:.2rem 0}
    table{border-collapse:collapse;font-size:.85rem;width:100%}
    th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
    thead th{background:var(--raised);font-weight:600}
    thead button{all:unset;cursor:pointer;font-weight:600}thead button:focus-visible{outline:3px solid var(--link)}
    thead button::after{content:" \\2195";color:var(--faint)}
    th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
    table.numbers{width:auto;white-space:nowrap}.number,.none{text-align:right;font-variant-numeric:tabular-nums}
    tbody th{font-weight:400}
    .claims td:first-child{white-space:nowrap;font-weight:600}.claims td:nth-child(2){min-width:16rem}.claims td:nth-child(3){min-width:15rem}.claims td:nth-child(4){min-width:9rem;color:var(--faint)}
    .claims ul{margin:0;padding-left:1rem}
    tr.holds .outcome{color:var(--good)}tr.fails .outcome{color:var(--bad)}tr.error .outcome{color:var(--bad)}tr.idle .outcome{color:var(--idle);white-space:normal}
    tr.fails,tr.error{background:var(--mark)}
    .links{font-size:.85rem;gap:.25rem 1rem;margin-bottom:0}
    @media(max-width:40rem){
    body{padding:.5rem .75rem 3rem}h1{font-size:1.5rem}.verdict{font-size:1.15rem}
    section{padding:.8rem .7rem}
    .facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}
    .claims thead{display:none}.claims,.claims tbody,.claims tr,.claims td{display:block}.claims tr{padding:.5rem;border-bottom:1px solid var(--line)}.claims td{border:0;padding:.15rem 0;min-width:0!important}
    }
    @media print{
    body{max-width:none;font-size:10pt;padding:0}nav,.skip,.links{display:none}section{border:0;padding:0;break-inside:auto}
    figure,tr{break-inside:avoid}figure svg{min-width:0}.frame{overflow:visible}h2,h3,h4{break-after:avoid}thead button::after{content:""}
    table.numbers{white-space:normal}
    }
    """

  /// Tables sort by a click, or a key, on a column's head; folded parts open for the printer.
  static let script: Markup = .literal(
    """
    <script>
    "use strict";
    document.querySelectorAll("table").forEach(function (table) {
      table.querySelectorAll("thead th").forEach(function (head, column) {
        var button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent || "row";
        head.textContent = "";
        head.appendChild(button);
        button.addEventListener("click", function () {
          var up = head.getAttribute("aria-sort") !== "ascending";
          table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
          head.setAttribute("aria-sort", up ? "ascending" : "descending");
          var rows = Array.from(table.tBodies[0].rows);
          var keys = new Map(rows.map(function (row, place) {
            var cell = row.cells[column];
            var value = cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
            return [row, { value: value, isEmpty: cell.classList.contains("none"), place: place }];
          }));
          rows.sort(function (left, right) {
            var a = keys.get(left), b = keys.get(right);
            if (a.isEmpty !== b.isEmpty) { return a.isEmpty ? 1 : -1; }
            var order = typeof a.value === "number" && typeof b.value === "number"
              ? a.value - b.value : String(a.value).localeCompare(String(b.value), "en", { numeric: true });
            return (up ? order : -order) || a.place - b.place;
          });
          rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
        });
      });
    });
    window.addEventListener("beforeprint", function () {
      document.querySelectorAll("details").forEach(function (part) { part.open = true; });
    });
    </script>

    """)
}
