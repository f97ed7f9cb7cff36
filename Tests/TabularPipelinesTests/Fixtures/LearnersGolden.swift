import Foundation
import Mistique
import Testing

@testable import TabularPipelines

/// What scikit-learn gives, from learners.json (make_learners.py).
enum LearnersGolden {
  static func section(_ name: String) throws -> Any {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: golden("learners.json")))
    return try #require((object as? [String: Any])?[name])
  }

  /// Numbers, with NaN for null.
  static func numbers(_ value: Any?) throws -> [Double] {
    try #require(value as? [Any]).map { element in
      if element is NSNull { return .nan }
      return try number(element)
    }
  }

  static func number(_ value: Any?) throws -> Double {
    let text = try #require(value as? String)
    return Double(bitPattern: try #require(UInt64(text, radix: 16)))
  }

  static func table(_ value: Any?) throws -> [[Double]] { try #require(value as? [Any]).map { try numbers($0) } }

  /// Columns c0, c1, ... and NaN for what is missing.
  static func frame(_ table: [[Double]]) -> DataFrame {
    DataFrame(
      rowIDs: .range(100..<Int64(100 + table[0].count)),
      columns: table.enumerated().map { (name: "c\($0)", column: Column(.float64($1))) })
  }
}

/// The largest difference, as a share of the largest expected value.
func relativeError(_ values: [Double], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  let largest = expected.reduce(0) { max($0, abs($1)) }
  let difference = zip(values, expected).reduce(0) { $1.0.isNaN || $1.1.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
  return difference == 0 ? 0 : difference / largest
}

func makeTransformer<T: Transformer>(_: T.Type, _ values: [String: ParameterValue] = [:]) -> T {
  T(Parameters(values, declarations: T.signature.parameters))
}

/// Cuts, flips and lengthens a state, and gives whole envelopes around payloads that are not: none may be restored, nor end the process.
func expectDamagedStatesRefused(_ transformer: some Transformer, state: [UInt8], parameters: Parameters) throws {
  #expect(throws: Never.self) { try transformer.restore(state) }
  for length in [0, 3, 13, 14, 40, state.count / 2, state.count - 1] {
    #expect(throws: FittedStateError.self) { try transformer.restore(Array(state.prefix(length))) }
  }
  for place in stride(from: 0, to: state.count, by: max(1, state.count / 200)) {
    var flipped = state
    flipped[place] ^= 0x20
    #expect(throws: FittedStateError.self) { try transformer.restore(flipped) }
  }
  let name = type(of: transformer).signature.name
  let payload = try FittedState.opened(state, transformer: name, parameters: parameters)
  for length in 0..<payload.count {
    let cut = FittedState.sealed(Array(payload.prefix(length)), transformer: name, parameters: parameters)
    #expect(throws: FittedStateError.self) { try transformer.restore(cut) }
  }
  let tooMany: [UInt8] = [255, 255, 255, 255] + payload.dropFirst(4)
  for wrong in [payload + [0], tooMany, [0, 0, 0, 0] + payload.dropFirst(4)] {
    let sealed = FittedState.sealed(wrong, transformer: name, parameters: parameters)
    #expect(throws: FittedStateError.self) { try transformer.restore(sealed) }
  }
}
