/// The colours of figures that follow the page from light to dark: gnuplot's, by the name of the page's variable that takes their place.
enum PageColour {
  struct Pair {
    /// As gnuplot writes it without spaces.
    let drawn: [String]
    let variable: String
    let light: String
    let dark: String
  }

  /// In the dark the series keep Okabe and Ito's hues, lighter where they would sink into the ground.
  static let pairs = [
    Pair(drawn: ["#ffffff", "rgb(255,255,255)"], variable: "fig", light: "#ffffff", dark: "#171b20"),
    Pair(drawn: ["rgb(34,34,34)", "black"], variable: "fig-ink", light: "#222222", dark: "#e4e7ea"),
    Pair(drawn: ["rgb(102,102,102)"], variable: "fig-faint", light: "#666666", dark: "#a9b0b8"),
    Pair(drawn: ["rgb(136,136,136)"], variable: "fig-axis", light: "#888888", dark: "#8b939c"),
    Pair(drawn: ["rgb(226,226,226)"], variable: "fig-grid", light: "#e2e2e2", dark: "#333a42"),
    Pair(drawn: ["rgb(0,120,90)"], variable: "fig-real", light: "#00785a", dark: "#43c9a3"),
    Pair(drawn: ["rgb(0,114,178)"], variable: "fig-0", light: "#0072b2", dark: "#3d9be0"),
    Pair(drawn: ["rgb(230,159,0)"], variable: "fig-1", light: "#e69f00", dark: "#eab040"),
    Pair(drawn: ["rgb(0,158,115)"], variable: "fig-2", light: "#009e73", dark: "#1fbd8d"),
    Pair(drawn: ["rgb(204,121,167)"], variable: "fig-3", light: "#cc79a7", dark: "#de93bd"),
    Pair(drawn: ["rgb(86,180,233)"], variable: "fig-4", light: "#56b4e9", dark: "#a3daf8"),
    Pair(drawn: ["rgb(213,94,0)"], variable: "fig-5", light: "#d55e00", dark: "#f4813a"),
    Pair(drawn: ["rgb(85,85,85)"], variable: "fig-6", light: "#555555", dark: "#bcc2c8"),
    Pair(drawn: ["rgb(140,109,31)"], variable: "fig-7", light: "#8c6d1f", dark: "#c4a04a"),
  ]

  private static let byDrawn = Dictionary(
    pairs.flatMap { pair in pair.drawn.map { ($0, "var(--\(pair.variable))") } }, uniquingKeysWith: { first, _ in first })

  /// The page's variable for one of gnuplot's colours; nil for others.
  static func named(_ colour: String) -> String? { byDrawn[colour.filter { $0 != " " }.lowercased()] }

  /// A style with gnuplot's colours replaced.
  static func replacing(in style: String) -> String {
    style.replacing(/rgb\([0-9 ,]+\)/) { named(String($0.output)) ?? String($0.output) }
  }

  /// The variables, as declarations of a style sheet.
  static func declarations(dark: Bool) -> String { pairs.map { "--\($0.variable):\(dark ? $0.dark : $0.light)" }.joined(separator: ";") }
}
