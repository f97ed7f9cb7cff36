import Foundation

@testable import ExperimentKit

/// Charts of every kind, in the shapes the experiments need. With `EXPERIMENTKIT_GALLERY` set, the tests leave the pictures in that folder.
enum Gallery {
  static let policies = ["STORE_ALL", "LP_QT", "8BIT_QT", "POOL_QT(2)", "POOL_QT(S)", "POOL_QT(2) + DEDUP"]

  static let storage = Chart(
    title: "Stored bytes by storage policy",
    panels: [
      Panel(
        title: "CIFAR10_CNN", x: Axis(""), y: Axis("stored", .logarithmic, format: .bytes),
        .bars(
          categories: policies,
          [
            BarSeries("this run", values: [2.42e9, 1.28e9, 0.724e9, 0.39e9, 0.0253e9, 0.39e9]),
            BarSeries("paper", role: .paper(beside: "this run"), values: [242e9, 128e9, 72.4e9, 39e9, 2.53e9, 39e9]),
          ])),
      Panel(
        title: "CIFAR10_VGG16", x: Axis(""), y: Axis("stored", .logarithmic, format: .bytes),
        .bars(
          categories: policies,
          [
            BarSeries("this run", values: [3.5e9, 1.91e9, 1.25e9, 0.58e9, 0.0419e9, 0.06e9]),
            BarSeries("paper", role: .paper(beside: "this run"), values: [350e9, 191e9, 125e9, 58e9, 4.19e9, 5.997e9]),
          ])),
    ],
    notes: ["Ten checkpoints each. The paper's bars are for 50,000 images; ours are for 500, so compare the shape and not the height."],
    columns: 1)

  static let queries = Chart(
    title: "Query time: re-run against read",
    panels: [
      Panel(
        x: Axis("query"), y: Axis("time (s)", .logarithmic, format: .seconds),
        .bars(
          categories: ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "SVCCA", "VIS"],
          [
            BarSeries(
              "re-run", values: [3.52, 12.1, 12.1, 12.1, 12.1, 3.52, 12.3, 12.1],
              spreads: [3.1...4, 12...13, 11...13, 12...12.5, 11...14, 3...4, 12...13, 12...12.2]),
            BarSeries("read", values: [0.00017, 0.093, 0.09, 0.087, 0.086, 0.016, 0.195, 0.084]),
            BarSeries("re-run, paper", role: .paper(beside: "re-run"), values: [3.52, 12.1, 12.1, 12.1, 12.1, 3.52, nil, 12.1]),
            BarSeries("read, paper", role: .paper(beside: "read"), values: [0.017, 0.093, 0.09, 0.087, 0.086, 0.016, 0.195, 0.084]),
            BarSeries("read, predicted", role: .predicted(of: "read"), values: [0.02, 0.1, 0.1, 0.1, 0.1, 0.02, 0.2, 0.1]),
          ]))
    ],
    notes: ["Layer 21 of CIFAR10_VGG16. Whiskers: fastest and slowest repetition. The paper gives no re-run time for SVCCA here."])

  static let linear = Chart(
    title: "Quality of quantized intermediates: overlap of the 50 nearest neighbours with the full-precision ones",
    panels: [
      Panel(
        x: Axis(""), y: Axis("overlap (share)"),
        .bars(
          categories: ["layer 11", "layer 16", "layer 19"],
          [
            BarSeries("full", values: [1, 1, 1]), BarSeries("8BIT_QT", values: [0.94, 0.96, 1]),
            BarSeries("POOL_QT(2)", values: [0.74, 0.84, 1]),
            BarSeries("8BIT_QT, paper", role: .paper(beside: "8BIT_QT"), values: [0.94, 0.96, 1]),
          ]))
    ])

  static func line(_ slope: Double, _ offset: Double = 0.1) -> [LineSeries.Point] {
    [1000, 5000, 10000, 25000, 50000].map {
      LineSeries.Point(x: $0, y: offset + slope * $0, spread: offset > 1 ? slope * $0 + offset * 0.7...slope * $0 + offset * 1.4 : nil)
    }
  }

  static let crossing = Chart(
    title: "Read and re-run time against the number of examples",
    panels: [1, 6, 11, 16, 21].map { layer in
      let slope = 4e-4 / Double(layer)
      return Panel(
        title: "layer \(layer)", x: Axis("examples", .logarithmic), y: Axis("time (s)", .logarithmic, format: .seconds),
        .lines([
          LineSeries("read", points: line(slope)), LineSeries("re-run", points: line(1.2e-4, 3)),
          LineSeries("read, predicted", role: .predicted(of: "read"), points: line(slope, 0.2)),
          LineSeries("re-run, predicted", role: .predicted(of: "re-run"), points: line(1.1e-4, 3.3)),
        ]))
    }, notes: ["Predicted by the cost model calibrated on this machine."])

  static let cumulative = Chart(
    title: "Cumulative stored bytes over 50 Zillow pipelines",
    panels: [
      Panel(
        x: Axis("pipelines logged"), y: Axis("stored", format: .bytes),
        .lines([
          LineSeries("STORE_ALL", points: (1...50).map { .init(x: Double($0), y: 1.34e9 * Double($0)) }),
          LineSeries("DEDUP", points: (1...50).map { .init(x: Double($0), y: 0.4e9 + 0.004e9 * Double($0)) }),
          LineSeries("STORE_ALL, paper", role: .paper(beside: "STORE_ALL"), points: [.init(x: 50, y: 67e9)], joined: false),
          LineSeries("DEDUP, paper", role: .paper(beside: "DEDUP"), points: [.init(x: 50, y: 0.611e9)], joined: false),
        ]))
    ])

  static let stacked = Chart(
    title: "Logging time by part",
    panels: [
      Panel(
        x: Axis(""), y: Axis("time (s)", format: .seconds),
        .stackedBars(
          categories: ["no logging", "STORE_ALL", "LP_QT", "8BIT_QT", "POOL_QT(2)"],
          [
            BarSeries("model", values: [19, 19, 19, 19, 19]), BarSeries("encode", values: [nil, 10, 20, 200, 9]),
            BarSeries("write", values: [nil, 223, 112, 160, 28]),
          ]))
    ])

  static let heat = Chart(
    title: "Mean activation of 256 neurons of layer 9, by class",
    panels: ["full precision", "LP_QT", "8BIT_QT", "POOL_QT(2)", "KBIT_QT(3)", "THRESHOLD_QT(99.5 %)"].enumerated().map { index, scheme in
      let classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
      let steps = [1000.0, 900, 256, 250, 8, 2][index]
      let rows = classes.indices.map { row in
        (0..<256).map { column in
          let value = 0.5 + 0.5 * sin(Double(column * (row + 3)) * 0.37)
          return (value * steps).rounded() / steps
        }
      }
      return Panel(title: scheme, x: Axis("neuron"), y: Axis(""), .heatMap(HeatMap(rowLabels: classes, rows: rows, range: 0...1)))
    }, columns: 2)

  static let manyCategories = Chart(
    title: "Stored bytes of the ten pipelines",
    panels: ["training", "test"].map { part in
      Panel(
        title: part, x: Axis(""), y: Axis("stored", format: .bytes),
        .bars(
          categories: (1...10).map { "P\($0) with settings" },
          [
            BarSeries("STORE_ALL", values: (1...10).map { Double($0) * 1e8 }),
            BarSeries("DEDUP", values: (1...10).map { Double($0) * 1e7 }),
          ]))
    })

  private static func picture(_ number: Int) -> PictureRows.Picture {
    let pixels = (0..<32 * 32).map { place -> UInt32 in
      let (x, y) = (UInt32(place % 32), UInt32(place / 32))
      return x << 19 | y << 11 | UInt32(number * 14)
    }
    return PictureRows.Picture(caption: "image \(number)", width: 32, pixels: pixels)
  }

  static let pictures = Chart(
    title: "Images that most excite a neuron",
    panels: [
      Panel(
        title: "full precision", x: Axis(""), y: Axis(""),
        .pictures(
          PictureRows(
            rowLabels: ["n3 \"cat\"", "n17", "n40"],
            rows: [(0..<6).map(picture), (6..<10).map(picture), (10..<15).map(picture)]))),
      Panel(
        title: "IoU", x: Axis("neuron"), y: Axis(""),
        .heatMap(
          HeatMap(
            rowLabels: ["red", "blue"], columnLabels: (0..<14).map { "n\($0 * 17)" },
            rows: [Array(repeating: 0.25, count: 14), Array(repeating: 1, count: 14)]))),
    ])

  static let all: [(name: String, chart: Chart)] = [
    ("storage", storage), ("queries", queries), ("linear", linear), ("crossing", crossing), ("cumulative", cumulative),
    ("stacked", stacked), ("heat", heat), ("many", manyCategories), ("pictures", pictures),
  ]
}
