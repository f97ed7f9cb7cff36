import Foundation
import Mistique
import Testing

@testable import TabularPipelines

/// Random tables through random stages, against pandas and scikit-learn: stages.json, made by make_stages.py.
struct StageGoldenTests {
  static func root() throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(contentsOf: golden("stages.json"))) as? [String: Any])
  }

  @Test("Stages make of random tables what pandas and scikit-learn make of them")
  func stages() throws {
    let cases = try #require(try Self.root()["cases"] as? [[String: Any]])
    #expect(cases.count >= 250)
    var stages = Set<String>()
    for (number, golden) in cases.enumerated() {
      let name = try #require(golden["stage"] as? String)
      stages.insert(name)
      let type = try #require(TransformerRegistry.standard[name])
      let transformer = type.init(try Self.parameters(golden["parameters"], type.signature))
      let tolerance = try #require(golden["tolerance"] as? Double)
      let (fit, other) = (try Self.frame(golden["fit"]), try Self.frame(golden["other"]))
      let inputs = (type.signature.inputs.count == 2 ? [fit, other] : [fit]).map(StageInput.frame)
      let label = "case \(number), \(name) \(golden["parameters"] ?? "")"
      if golden["fitted"] as? String == "error" {
        #expect(throws: (any Error).self, "\(label)") { try transformer.fit(inputs) }
        continue
      }
      let fitted = try transformer.fit(inputs)
      let output = try fitted.apply(inputs)[0]
      try Self.expect(output, Self.frame(golden["fitted"]), tolerance, label)
      guard !(golden["applied"] is NSNull) else { continue }
      let expected = try Self.frame(golden["applied"])
      try Self.expect(fitted.apply([.frame(other)])[0], expected, tolerance, label + ", applied to another table")
      let restored = try transformer.restore(fitted.state)
      #expect(restored.state == fitted.state)
      #expect(try restored.apply(inputs)[0].isIdentical(to: output), "\(label), restored")
      // A second input is emitted with what was learned of the first. FillNA also looks where it has gaps.
      guard name != "FillNA" else { continue }
      let both = try transformer.fit([.frame(fit), .frame(other)])
      #expect(both.state == fitted.state, "\(label)")
      try Self.expect(both.apply([.frame(fit), .frame(other)])[0], expected, tolerance, label + ", as a second input")
    }
    #expect(stages == ["FillNA", "Scale", "Avg", "OneHotEncoding", "Join", "PCA"])
  }

  private static func parameters(_ value: Any?, _ signature: TransformerSignature) throws -> Parameters {
    var values: [String: ParameterValue] = [:]
    for (name, value) in try #require(value as? [String: Any]) {
      switch try #require(signature.parameters.first { $0.name == name }).kind {
      case .boolean: values[name] = .boolean(try #require(value as? Bool))
      case .integer: values[name] = .integer(try #require(value as? Int))
      case .texts: values[name] = .texts(try #require(value as? [String]))
      default: values[name] = .text(try #require(value as? String))
      }
    }
    return Parameters(values, declarations: signature.parameters)
  }

  /// `row_id`s are those of a table of its own, from 100.
  private static func frame(_ value: Any?) throws -> DataFrame {
    let columns = try #require(value as? [[Any]]).map { entry in
      (
        name: try #require(entry[0] as? String),
        column: try ColumnGolden.column(texts: goldenTexts(entry[2]), try #require(entry[1] as? String))
      )
    }
    return DataFrame(columns)
  }

  private static func expect(_ found: DataFrame, _ expected: DataFrame, _ tolerance: Double, _ label: String) throws {
    #expect(found.names.map { Array($0.utf8) } == expected.names.map { Array($0.utf8) }, "\(label)")
    try #require(found.columns.count == expected.columns.count)
    for (place, name) in expected.names.enumerated() {
      let (a, b) = (found.columns[place], expected.columns[place])
      if tolerance == 0 || b.type != .float64 {
        #expect(a.isAlike(b), "\(label), column \(name): \(a.goldenTexts), not \(b.goldenTexts)")
      } else {
        #expect(a.type == .float64 && a.validity == b.validity, "\(label), column \(name)")
        let pairs = zip(a.doubles!, b.doubles!).filter { !$0.0.isNaN || !$0.1.isNaN }
        let largest = pairs.reduce(0) { $1.1.isFinite ? max($0, abs($1.1)) : $0 }
        #expect(
          pairs.allSatisfy { $0.0 == $0.1 || abs($0.0 - $0.1) <= tolerance * largest },
          "\(label), column \(name): \(a.doubles!), not \(b.doubles!)")
      }
    }
  }
}

extension Column {
  /// Whether both are the same values of the same type, whatever bits their NaNs have.
  func isAlike(_ other: Column) -> Bool {
    guard case .float64(let a) = values, case .float64(let b) = other.values else {
      guard case .float32(let a) = values, case .float32(let b) = other.values else { return isIdentical(to: other) }
      return validity == other.validity && a.count == b.count
        && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    }
    return validity == other.validity && a.count == b.count
      && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
  }
}
