import Foundation
import TestSupport
import Testing

/// Chromium without a window, where it is installed (Debian: `chromium`).
struct Browser {
  /// Its name on the PATH; nil where there is none.
  static let name = ["chromium", "chromium-browser", "google-chrome"].first { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  static let whySkipped: Comment = "no chromium is installed here: apt-get install chromium"

  /// What a page is like once it is loaded.
  struct Look: Decodable {
    struct Size: Decodable {
      let width: Double
      let height: Double
    }

    let errors: [String]
    let requests: [String]
    let innerWidth: Double
    let scrollWidth: Double
    let figures: [Size]
    let sections: Int
    /// The background's and the text's colours.
    let background: String
    let ink: String
    /// Buttons that a keyboard reaches, and frames that it scrolls.
    let buttons: Int
    let frames: Int
    /// The first column of the first table of numbers as it stands, and after one and two presses on its second head.
    let columns: [[String]]
  }

  enum Scheme: String, CaseIterable { case light, dark }

  private static let listener = """
    <script>window.probed = [];
    addEventListener("error", function (event) { probed.push(String(event.message || event.target)); }, true);
    addEventListener("unhandledrejection", function (event) { probed.push(String(event.reason)); });
    document.addEventListener("securitypolicyviolation", function (event) { probed.push(event.violatedDirective + " " + event.blockedURI); });
    ["error", "warn"].forEach(function (level) { console[level] = function (text) { probed.push(String(text)); }; });
    </script>
    """

  private static let probe = """
    <script>addEventListener("load", function () {
      function column(table) { return Array.from(table.tBodies[0].rows).map(function (row) { return row.cells[0].textContent; }); }
      document.querySelectorAll("details").forEach(function (part) { part.open = true; });
      var table = Array.from(document.querySelectorAll("figure ~ details table.numbers"))[0], columns = [];
      if (table) {
        columns.push(column(table));
        for (var press = 0; press < 2; press += 1) { table.querySelectorAll("thead button")[1].click(); columns.push(column(table)); }
      }
      var style = getComputedStyle(document.body), root = document.documentElement;
      var look = {
        errors: probed, innerWidth: innerWidth, scrollWidth: root.scrollWidth, background: style.backgroundColor, ink: style.color,
        requests: performance.getEntriesByType("resource").map(function (entry) { return entry.name; })
          .filter(function (name) { return !name.startsWith("data:"); }),
        figures: Array.from(document.querySelectorAll("figure svg")).map(function (svg) {
          var box = svg.getBoundingClientRect(); return { width: box.width, height: box.height };
        }),
        sections: document.querySelectorAll("main section").length,
        buttons: Array.from(document.querySelectorAll("thead button")).filter(function (button) { return button.tabIndex === 0; }).length,
        frames: document.querySelectorAll(".frame[tabindex='0'][aria-label]").length, columns: columns
      };
      parent.postMessage("PROBE" + encodeURIComponent(JSON.stringify(look)) + "EBORP", "*");
    });</script>
    """

  /// Opens a copy of a page that says what it is like, in a frame: a window is never narrower than 500 pixels.
  static func look(at page: URL, width: Int, _ scheme: Scheme, in folder: TemporaryDirectory) throws -> Look {
    let html = try String(contentsOf: page, encoding: .utf8)
    // The copy's own script goes before and behind everything; nothing of the page is changed.
    let start = try #require(html.firstRange(of: "<meta name=\"viewport\""))
    let probed = folder.url.appendingPathComponent("probed-\(width)-\(scheme).html")
    let text = html[..<start.lowerBound] + listener + html[start.lowerBound...].replacing("</body>", with: probe + "</body>")
    try Data(text.utf8).write(to: probed)
    let frame = folder.url.appendingPathComponent("frame-\(width)-\(scheme).html")
    let frameText = """
      <!doctype html><body style="margin:0"><script>addEventListener("message", function (event) { document.title = event.data; });</script>
      <iframe style="border:0;width:\(width)px;height:900px" src="\(probed.lastPathComponent)"></iframe>
      """
    try Data(frameText.utf8).write(to: frame)
    let printed = try Command.run(try arguments(width: max(width, 500), scheme, in: folder) + ["--dump-dom", frame.absoluteString])
    let found = try #require(printed.output.firstMatch(of: /PROBE([^<]*)EBORP/), "\(printed.errors.suffix(2000))")
    let json = try #require(String(found.1).removingPercentEncoding)
    return try JSONDecoder().decode(Look.self, from: Data(json.utf8))
  }

  /// Writes a picture of the top of a page.
  static func photograph(_ page: URL, width: Int, height: Int, _ scheme: Scheme, to file: URL, in folder: TemporaryDirectory) throws {
    let flags = try arguments(width: width, height: height, scheme, in: folder) + ["--hide-scrollbars", "--screenshot=\(file.path)"]
    let printed = try Command.run(flags + [page.absoluteString])
    #expect(printed.status == 0, "\(printed.errors.suffix(2000))")
  }

  private static func arguments(width: Int, height: Int = 900, _ scheme: Scheme, in folder: TemporaryDirectory) throws -> [String] {
    let profile = folder.url.appendingPathComponent("profile-\(UUID().uuidString)").path
    return [
      "timeout", "120", try #require(name), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--user-data-dir=\(profile)", "--window-size=\(width),\(height)",
      "--blink-settings=preferredColorScheme=\(scheme == .dark ? 0 : 1)",
    ]
  }
}
