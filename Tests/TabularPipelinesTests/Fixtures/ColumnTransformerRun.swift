import Foundation
import Mistique
import Testing

@testable import TabularPipelines

/// The tables of `columns.json`, and what pandas and scikit-learn made of them.
struct ColumnGolden {
  let root: [String: Any]
  /// The table to fit.
  let fit: DataFrame
  /// Further rows, with values that the first table does not have.
  let other: DataFrame

  init() throws {
    let root = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: golden("columns.json"))) as? [String: Any])
    let types = try #require(root["types"] as? [String: String])
    func table(_ side: String, _ rowIDs: (Int) -> Int64) throws -> DataFrame {
      let columns = try types.keys.sorted().map { name in (name: name, column: try Self.column(root, [side, name], types[name]!)) }
      return DataFrame(rowIDs: .list((0..<columns[0].column.count).map(rowIDs)), columns: columns)
    }
    self.root = root
    fit = try table("fit") { Int64($0) * 3 - 50 }
    other = try table("other") { 10_000 - Int64($0) }
  }

  /// The list at the end of `path` as a column.
  func column(_ path: [String], _ type: ColumnType) throws -> Column { try Self.column(root, path, "\(type)") }

  private static func column(_ root: [String: Any], _ path: [String], _ type: String) throws -> Column {
    var node: Any? = root
    for step in path { node = (node as? [String: Any])?[step] }
    return try column(texts: goldenTexts(node), type)
  }

  static func column(texts: [String?], _ type: String) throws -> Column {
    var validity = Validity(count: 0, present: true)
    for text in texts { validity.append(text != nil) }
    func number(_ text: String?) throws -> Double { Double(bitPattern: try #require(UInt64(text ?? "0", radix: 16))) }
    switch type {
    case "float64": return Column(.float64(try texts.map(number)), validity: validity)
    case "float32": return Column(.float32(try texts.map { Float(try number($0)) }), validity: validity)
    case "int64": return Column(.int64(try texts.map { try #require(Int64($0 ?? "0")) }), validity: validity)
    case "boolean": return Column(.boolean(texts.map { $0 == "true" }), validity: validity)
    case "date": return Column(.date(try texts.map { try #require(Int32($0 ?? "0")) }), validity: validity)
    default: return Column(.text(TextValues(texts.map { $0 ?? "" })), validity: validity)
    }
  }
}

/// A configured column transformer, run on frames under the checks of everything that all of them promise.
struct ColumnTransformerRun<T: Transformer> {
  let transformer: T
  let parameters: Parameters

  init(_: T.Type, _ values: [String: ParameterValue] = [:]) {
    parameters = Parameters(values, declarations: T.signature.parameters)
    transformer = T(parameters)
  }

  /// What the transformer, fitted on `frame`, makes of it and of `others`. A column either becomes float64, is filled or is passed on.
  func callAsFunction(_ frame: DataFrame, _ others: DataFrame...) throws -> [DataFrame] {
    let fitted = try transformer.fit([.frame(frame)])
    let restored = try transformer.restore(fitted.state)
    #expect(restored.state == fitted.state)
    return try ([frame] + others).map { input in
      let traced = try fitted.applyTracing([.frame(input)])[0]
      let output = traced.frame
      #expect(try restored.apply([.frame(input)])[0].isIdentical(to: output), "restored")
      #expect(output.rowIDs == input.rowIDs)
      for (place, name) in output.names.enumerated() where input[name] != nil && !input[name]!.hasNaN {
        if let origin = traced.origins[place], case .filled(let constant) = origin.operation {
          #expect(output[name]!.isIdentical(to: input.columns[origin.column].fillingMissing(with: constant)), "column \(name) is filled")
        } else if output[name]!.type != input[name]!.type {
          #expect(output[name]!.type == .float64 && traced.origins[place] == nil, "column \(name) is widened")
        } else {
          #expect(output[name]!.isIdentical(to: input[name]!), "column \(name) is passed on")
          #expect(output[name]!.isSame(as: input[name]!), "column \(name) is shared")
        }
      }
      return output
    }
  }

  /// Damaged states are refused; states that are only wrong inside, under a true checksum, are refused or at least do no harm.
  func refusesDamage(_ frame: DataFrame) throws {
    let state = try transformer.fit([.frame(frame)]).state
    let name = T.signature.name
    for place in stride(from: 0, to: state.count, by: max(1, state.count / 300)) {
      var damaged = state
      damaged[place] ^= 0x10
      #expect(throws: FittedStateError.self, "byte \(place)") { try transformer.restore(damaged) }
      #expect(throws: FittedStateError.self, "length \(place)") { try transformer.restore(Array(state.prefix(place))) }
    }
    let payload = try FittedState.opened(state, transformer: name, parameters: parameters)
    for count in 0..<payload.count {
      let short = FittedState.sealed(Array(payload.prefix(count)), transformer: name, parameters: parameters)
      #expect(throws: FittedStateError.self, "payload of \(count) bytes") { try transformer.restore(short) }
    }
    #expect(throws: FittedStateError.malformed("1 bytes are left over")) {
      try transformer.restore(FittedState.sealed(payload + [0], transformer: name, parameters: parameters))
    }
    for place in payload.indices {
      for bit in [0x01, 0x80, 0xFF] as [UInt8] {
        var wrong = payload
        wrong[place] ^= bit
        guard let fitted = try? transformer.restore(FittedState.sealed(wrong, transformer: name, parameters: parameters)) else { continue }
        let output = try? fitted.apply([.frame(frame)])[0]
        #expect(output == nil || output!.rowIDs == frame.rowIDs)
      }
    }
  }
}

extension Column {
  /// Whether the numbers of two float64 columns differ by at most `relative` of their size, and the same ones are missing.
  func isClose(to other: Column, relative: Double) -> Bool {
    guard case .float64(let a) = values, case .float64(let b) = other.values else { return false }
    return validity == other.validity && a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || abs($0 - $1) <= relative * abs($1) }
  }
}

extension DataFrame {
  init(_ columns: [(name: String, column: Column)]) { self.init(rowIDs: .first(columns.first?.column.count ?? 0), columns: columns) }
}
