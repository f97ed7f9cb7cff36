import TestSupport

@testable import TabularPipelines

extension RandomPipeline {
  /// The last stage that emits rows of the table.
  var lastFrame: String { stages.last { $0.transformer != "TrainElasticNet" }!.name }

  /// The pipeline with stages behind it: a split, stages that are fitted on one frame and emit another, a model and what it predicts of two frames.
  var withEnding: RandomPipeline {
    let zeros: [String: ParameterValue] = ["strategy": .text("constant"), "value": .text("0")]
    var longer = self
    longer.stages += [
      Stage(
        name: "split", transformer: "TrainTestSplit", inputs: [lastFrame], parameters: ["test_fraction": .number(0.3), "seed": .integer(5)]),
      Stage(name: "filled", transformer: "FillNA", inputs: ["split_train"], parameters: zeros),
      Stage(name: "filled_test", transformer: "FillNA", inputs: ["split_train", "split_test"], parameters: zeros),
      Stage(name: "scaled", transformer: "Scale", inputs: ["filled", "filled_test"], parameters: [:]),
      Stage(name: "trees", transformer: "TrainXGBoost", inputs: ["filled"], parameters: ["target": .text("k"), "rounds": .integer(2)]),
      Stage(name: "predicted", transformer: "Predict", inputs: ["trees", "filled_test"], parameters: [:]),
      Stage(name: "predicted_train", transformer: "Predict", inputs: ["trees", "filled"], parameters: [:]),
    ]
    return longer
  }

  /// The same with something of a stage or of a file changed, or nothing. Perhaps it cannot run.
  func changed(_ random: inout SeededRandom) -> RandomPipeline {
    var other = self
    switch random.next() % 8 {
    case 0: break
    case 1, 2: other.changeFile(&random)
    case 3 where stages.count > 2: other.stages.removeLast()
    default: other.changeParameter(&random)
    }
    return other
  }

  // MARK: Parameters

  private mutating func changeParameter(_ random: inout SeededRandom) {
    var choices: [(place: Int, name: String, value: ParameterValue)] = []
    for (place, stage) in stages.enumerated() {
      for parameter in TransformerRegistry.standard[stage.transformer]!.signature.parameters {
        let value = stage.parameters[parameter.name] ?? parameter.defaultValue
        for other in Self.values(of: parameter, near: value) { choices.append((place, parameter.name, other)) }
      }
    }
    guard let (place, name, value) = choices.randomElement(using: &random) else { return }
    let stage = stages[place]
    stages[place] = Stage(
      name: stage.name, transformer: stage.transformer, inputs: stage.inputs, parameters: stage.parameters.merging([name: value]) { $1 })
  }

  /// Values of a parameter other than `value`, close to it where it is a number: nothing takes much longer with them.
  private static func values(of parameter: ParameterDeclaration, near value: ParameterValue?) -> [ParameterValue] {
    let candidates: [ParameterValue]
    switch (parameter.kind, value) {
    case (.integer, .integer(let number)?): candidates = [.integer(number &+ 1), .integer(number &- 1)]
    case (.number, .number(let number)?): candidates = [.number(number * 0.5), .number(number + 0.125)]
    case (.boolean, .boolean(let isSet)?): candidates = [.boolean(!isSet)]
    case (.text(let allowed), .text?): candidates = allowed.map { .text($0) }
    case (.texts, .texts(let texts)?) where !texts.isEmpty: candidates = [.texts(Array(texts.dropLast())), .texts(Array(texts.reversed()))]
    default: candidates = []
    }
    return candidates.filter { $0 != value && parameter.accepts($0) }
  }

  // MARK: Files

  /// Another digit in a file, a row less, or two rows in the other order.
  private mutating func changeFile(_ random: inout SeededRandom) {
    let name = files.keys.sorted().randomElement(using: &random)!
    // The names of the columns, the rows, and nothing behind the last line's end.
    var lines = files[name]!.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let row = Int.random(in: 1..<lines.count - 1, using: &random)
    switch random.next() % 4 {
    case 0 where lines.count > 4: lines.remove(at: row)
    case 1: lines.swapAt(1, row)
    default:
      var bytes = Array(lines[row].utf8)
      let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
      if let place = digits.randomElement(using: &random) { bytes[place] = 48 + (bytes[place] - 48 + 1) % 10 }
      lines[row] = String(decoding: bytes, as: UTF8.self)
    }
    files[name] = lines.joined(separator: "\n")
  }
}
