import Foundation
import TestSupport

@testable import TabularPipelines

/// A pipeline drawn at random over two small files, with what is known of each column on the way, so that every stage can run.
struct RandomPipeline {
  enum Kind: String {
    case number, integer, boolean, text
  }

  struct Shape {
    var columns: [(name: String, kind: Kind, hasGaps: Bool)]

    func names(_ kinds: Set<Kind>, gaps: Bool = true) -> [String] {
      columns.filter { kinds.contains($0.kind) && (gaps || !$0.hasGaps) }.map(\.name)
    }
  }

  struct Stage {
    let name: String
    let transformer: String
    let inputs: [String]
    let parameters: [String: ParameterValue]
  }

  var files: [String: String] = [:]
  private(set) var types: [String: [String: Kind]] = [:]
  var stages: [Stage] = []
  private var random: SeededRandom

  init(_ random: inout SeededRandom) {
    self.random = SeededRandom(seed: random.next())
    draw()
  }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
  private mutating func some(_ names: [String], atLeast least: Int = 1) -> [String] {
    let count = least + (names.count > least ? below(names.count - least + 1) : 0)
    return Array(names.shuffled(using: &random).prefix(max(least, min(count, 4))))
  }

  private mutating func draw() {
    let rows = 6 + below(40)
    var shape = file("f", rows, keys: 12)
    add("read", "ReadCSV", ["f"])
    var frame = "read"
    if below(2) == 0 {
      let other = file("g", 2 + below(10), keys: nil)
      add("read_g", "ReadCSV", ["g"])
      add(
        "join", "Join", [frame, "read_g"], ["left_key": .text("k"), "right_key": .text("gk"), "how": .text(["left", "inner"][below(2)])])
      shape.columns += other.columns.filter { $0.name != "gk" }.map { ($0.name, $0.kind, true) }
      frame = "join"
    }
    for number in 0..<1 + below(4) {
      let name = "s\(number)"
      guard let next = stage(name, frame, shape) else { continue }
      shape = next
      frame = name
      if shape.columns.isEmpty { return }
    }
    let features = shape.names([.number, .integer, .boolean], gaps: false)
    guard features.count >= 2, below(3) == 0 else { return }
    let target = shape.names([.number, .integer], gaps: false)
    guard let target = target.first else { return }
    add("features", "SelectColumn", [frame], ["columns": .texts(features)])
    add(
      "model", "TrainElasticNet", ["features"],
      [
        "target": .text(target), "alpha": .number([0.01, 0.1, 1][below(3)]), "l1_ratio": .number([0.1, 0.5, 1][below(3)]),
        "tol": .number(1e-12),
        "max_iter": .integer(100_000),
      ])
  }

  private mutating func add(_ name: String, _ transformer: String, _ inputs: [String], _ parameters: [String: ParameterValue] = [:]) {
    stages.append(Stage(name: name, transformer: transformer, inputs: inputs, parameters: parameters))
  }

  /// One stage that can run on a frame of `shape`, and what it emits; `nil` when the stage that was drawn cannot.
  private mutating func stage(_ name: String, _ frame: String, _ shape: Shape) -> Shape? {
    var next = shape
    switch below(8) {
    case 0, 1:
      let strategy = ["constant", "mean", "median", "most_frequent"][below(4)]
      let learnsNumber = strategy == "mean" || strategy == "median"
      var names =
        learnsNumber ? shape.names([.number, .integer]) : shape.names([.number, .integer, .boolean, .text])
      guard !names.isEmpty else { return nil }
      names = some(names)
      add(name, "FillNA", [frame], ["columns": .texts(names), "strategy": .text(strategy), "value": .text(["0", "1"][below(2)])])
      for place in next.columns.indices where names.contains(next.columns[place].name) {
        // A mean that is no whole number makes the column float64.
        if learnsNumber, next.columns[place].hasGaps, next.columns[place].kind == .integer { next.columns[place].kind = .number }
        next.columns[place].hasGaps = false
      }
    case 2:
      let names = shape.names([.integer, .boolean, .text]).filter { column in
        shape.columns.contains { $0.name == column && !($0.kind == .integer && $0.hasGaps) }
      }
      guard !names.isEmpty, stages.allSatisfy({ $0.transformer != "OneHotEncoding" }) else { return nil }
      let encoded = some(names).filter { !$0.contains("_") }
      guard !encoded.isEmpty else { return nil }
      add(name, "OneHotEncoding", [frame], ["columns": .texts(encoded), "max_categories": .integer(10_000)])
      // Names of categories are the encoder's; nothing after this names them.
      next.columns.removeAll { encoded.contains($0.name) }
      return next.columns.isEmpty ? nil : next
    case 3:
      let names = shape.names([.number, .integer])
      guard !names.isEmpty else { return nil }
      let scaled = some(names)
      add(name, "Scale", [frame], ["columns": .texts(scaled), "method": .text(["standard", "minmax", "robust"][below(3)])])
      for place in next.columns.indices where scaled.contains(next.columns[place].name) { next.columns[place].kind = .number }
    case 4:
      let names = shape.names([.number, .integer], gaps: false)
      // Rows that an inner join drops are not known here: fewer components than most frames have rows.
      guard names.count >= 2, stages.allSatisfy({ $0.transformer != "Join" }) else { return nil }
      let used = some(names, atLeast: 2)
      let components = 1 + below(used.count)
      add(
        name, "PCA", [frame],
        ["columns": .texts(used), "components": .integer(components), "standardize": .boolean(below(2) == 0), "whiten": .boolean(false)])
      return Shape(columns: (1...components).map { ("pc\($0)", .number, false) })
    case 5:
      let (values, keys) = (shape.names([.number, .integer, .boolean]), shape.names([.text, .boolean]))
      guard let by = keys.randomElement(using: &random), !values.isEmpty else { return nil }
      let averaged = some(values).filter { $0 != by && !$0.contains("_avg_") }
      guard !averaged.isEmpty, averaged.allSatisfy({ !shape.columns.map(\.name).contains("\($0)_avg_by_\(by)") }) else { return nil }
      add(name, "Avg", [frame], ["columns": .texts(averaged), "by": .text(by)])
      next.columns += averaged.map { ("\($0)_avg_by_\(by)", .number, true) }
    case 6:
      let kept = some(shape.columns.map(\.name))
      add(name, "SelectColumn", [frame], ["columns": .texts(kept)])
      next.columns = kept.map { kept in shape.columns.first { $0.name == kept }! }
    default:
      let dropped = some(shape.columns.map(\.name))
      guard dropped.count < shape.columns.count else { return nil }
      add(name, "DropColumns", [frame], ["columns": .texts(dropped)])
      next.columns.removeAll { dropped.contains($0.name) }
    }
    return next
  }

  // MARK: Files

  private mutating func file(_ name: String, _ rows: Int, keys: Int?) -> Shape {
    let prefix = name == "f" ? "" : "g"
    var columns: [(name: String, kind: Kind, fields: [String])] = []
    columns.append(
      ("\(prefix)k", .integer, (0..<rows).map { row in keys.map { below(8) == 0 ? "" : "\(below($0))" } ?? "\(row)" }))
    for number in 0..<2 + below(4) {
      let kind: Kind = [.number, .number, .integer, .boolean, .text][below(5)]
      let gaps = below(2) == 0 ? 4 : 0
      let fields = (0..<rows).map { _ in gaps > 0 && below(gaps) == 0 ? "" : field(kind) }
      // A column without a value has no type to be known.
      if fields.allSatisfy(\.isEmpty) { continue }
      columns.append(("\(prefix)\(["x", "y", "z", "u", "v", "w"][number])", kind, fields))
    }
    var lines = [columns.map(\.name).joined(separator: ",")]
    for row in 0..<rows { lines.append(columns.map { $0.fields[row] }.joined(separator: ",")) }
    files[name] = lines.joined(separator: "\n") + "\n"
    // A number column whose fields all happen to be integers is one of integers to the reader.
    types[name] = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.kind) })
    if columns[0].fields.allSatisfy(\.isEmpty) { types[name]![columns[0].name] = .number }
    return Shape(columns: columns.map { ($0.name, $0.kind, $0.fields.contains("")) })
  }

  private mutating func field(_ kind: Kind) -> String {
    switch kind {
    case .number: return String(format: "%.\(1 + below(6))f", (random.unit() - 0.5) * [1, 100, 1e5][below(3)]) + "5"
    case .integer: return "\(below(9) - 3)"
    case .boolean: return ["true", "false"][below(2)]
    case .text: return ["a", "b", "c c", "d"][below(4)]
    }
  }
}

extension RandomPipeline {
  /// The pipeline as YAML. `more` are stages behind it, a mapping of YAML each.
  func text(_ more: [String] = []) -> String {
    var lines = ["name: P", "project: z", "inputs: {\(files.keys.sorted().map { "\($0): \($0).csv" }.joined(separator: ", "))}", "stages:"]
    for stage in stages {
      let parameters = stage.parameters.sorted { $0.key < $1.key }.map { "\($0): \($1.canonicalText)" }
      lines.append(
        "  - {name: \(stage.name), transformer: \(stage.transformer), inputs: [\(stage.inputs.joined(separator: ", "))], "
          + "parameters: {\(parameters.joined(separator: ", "))}}")
    }
    return (lines + more.map { "  - \($0)" }).joined(separator: "\n") + "\n"
  }
}
