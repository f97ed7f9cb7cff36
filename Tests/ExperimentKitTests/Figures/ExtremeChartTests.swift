import Foundation
import Testing

@testable import ExperimentKit

/// Charts of any numbers become a script or an error, and never a trap or an endless list of tics.
struct ExtremeChartTests {
  private static let values: [Double] = [
    0, -0.0, 1, -1, 5e8, 1e18, 1e18 + 256, 1e-300, 1e300, 1e308, -1e308, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    .leastNormalMagnitude, .nan, .infinity, -.infinity, 123_456_789.125,
  ]

  private static func stamp() throws -> FigureStamp { try Sample.provenance().stamp }

  @Test("Bars, lines and heat maps on every kind of axis", arguments: 0..<400 as Range<Int>)
  func charts(seed: Int) throws {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state = (state ^ (state >> 31)) &* 0xBF58_476D_1CE4_E5B9 &+ 0x94D0_49BB_1331_11EB
      return Int((state >> 33) % UInt64(bound))
    }
    func value() -> Double { Self.values[next(Self.values.count)] }
    let formats: [Axis.Format] = [.plain, .bytes, .seconds, .ratio]
    func axis() -> Axis { Axis("axis", next(3) == 0 ? .logarithmic : .linear, format: formats[next(4)]) }
    let count = 1 + next(5)
    let categories = (0..<count).map { "c\($0)" }
    let panel: Panel
    switch next(4) {
    case 0: panel = Panel(x: axis(), y: axis(), .bars(categories: categories, [BarSeries("s", values: categories.map { _ in value() })]))
    case 1:
      panel = Panel(x: axis(), y: axis(), .stackedBars(categories: categories, [BarSeries("s", values: categories.map { _ in value() })]))
    case 2:
      panel = Panel(
        x: axis(), y: axis(), .lines([LineSeries("s", points: (0..<count).map { _ in LineSeries.Point(x: value(), y: value()) })]))
    default: panel = Panel(x: axis(), y: axis(), .heatMap(HeatMap(rowLabels: ["r"], rows: [(0..<count).map { _ in value() }])))
    }
    do {
      let drawing = try Drawing(Chart(title: "t", panels: [panel]), name: "extreme", stamp: Self.stamp())
      #expect(drawing.script.utf8.count < 40_000, "seed \(seed)")
    } catch let error as FigureError {
      #expect("\(error)".contains("extreme"), "seed \(seed)")
    }
  }

  @Test("Quantities of any number are short texts")
  func quantities() {
    for value in Self.values {
      for text in [Quantity.bytes(value), Quantity.seconds(value), Quantity.ratio(value), Quantity.percent(value), Quantity.plain(value)] {
        #expect((1...20).contains(text.count), "\(value): \(text)")
      }
    }
  }
}
