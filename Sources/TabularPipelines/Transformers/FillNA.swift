import Mistique

/// Fills the gaps of columns: missing values and NaNs. Infinities stay.
///
/// Parameters: `columns`, by default all that `strategy` can serve; `strategy`, where the fill value of a column comes from; `value`, the fill value
/// itself, for `constant` and for columns without a value to learn from.
///
/// - `constant`: `value`, read as a value of the column's type. A number must be finite; `0`, `1`, `false` and `true` serve booleans, dates are
///   `yyyy-mm-dd`. Where it is no value of the column's type, a named column is an error and another column is left as it is.
/// - `mean`, `median`: of the finite values of the column, which must hold numbers (another named column is an error; one that is not named is left
///   as it is). An int64 column keeps its type when the fill value is a whole number, and becomes float64 when it is not: the value is never
///   rounded. An integer that float64 does not have (2^53 + 1) is then an error.
/// - `most_frequent`: of the finite values of a column of any type; of values that are equally frequent, the smallest.
///
/// Fitting decides which columns are filled: those that have a fill value and a gap in the frame that was fitted. Every other column is passed on
/// as it is, then and whenever the state is restored; a gap that appears only later stays a gap. With a second input, which is emitted instead
/// of the first, the fill values are still those of the first, and a gap in either of them counts. Columns keep their order, and those that are not
/// filled keep their types. The state is the fill value of each column that is filled.
///
/// Errors: `TransformerError.missingColumns`, `.duplicateColumn` (a column named twice), `.columnType`, `.unusableValue`,
/// `NumericColumnError.notFloat64`.
/// Complexity: O(rows) per column, and O(distinct values x log) for `most_frequent`. Columns without a gap are shared.
struct FillNA: Transformer {
  static let bits: TransformerBits? = .revision(2)
  static let signature = TransformerSignature(
    "FillNA", inputs: [.frame], following: .another,
    parameters: [
      ParameterDeclaration("columns", .texts, default: .texts([])),
      ParameterDeclaration("strategy", .text(oneOf: ["constant", "mean", "median", "most_frequent"]), default: .text("constant")),
      ParameterDeclaration("value", .text(oneOf: []), default: .text("0")),
    ])

  private let parameters: Parameters
  private let named: [String]
  private let strategy: String
  private let value: String

  init(_ parameters: Parameters) {
    self.parameters = parameters
    named = parameters.texts("columns")
    strategy = parameters.text("strategy")
    value = parameters.text("value")
  }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let frame = inputs[0].frame
    try frame.require(named)
    var fills: [Fitted.Fill] = []
    let columns = frame.columnsByName
    let others = inputs.count > 1 ? inputs.applied.columnsByName : [:]
    for name in named.isEmpty ? frame.names : named {
      let column = columns[ColumnName(name)]!
      if !named.isEmpty { try requireServable(column, name) }
      guard column.hasGap || others[ColumnName(name)]?.hasGap == true, isServable(column.type), let fill = try fillValue(column, name)
      else { continue }
      fills.append(Fitted.Fill(column: name, value: fill))
    }
    return Fitted(fills: fills, parameters: parameters)
  }

  /// Columns with gaps that no parameter names and no fill value fits. Texts have no mean and are not noted unless they read as numbers.
  func notes(on inputs: [StageInput]) -> [ColumnNote] {
    guard named.isEmpty else { return [] }
    let frame = inputs[0].frame
    let left = zip(frame.names, frame.columns).filter { $1.hasGap && !isFilled($1) }
    let readable = ColumnNote.texts(readingAsNumbersIn: DataFrame(rowIDs: frame.rowIDs, columns: left.map { ($0, $1) }))
    let known = Set((readable?.columns ?? []).map(ColumnName.init))
    let others = left.filter { !known.contains(ColumnName($0.0)) && ($0.1.type != .text || isServable(.text)) }
    let kept = Dictionary(grouping: others) { $0.1.type.rawValue }.sorted { $0.key < $1.key }
    return (readable.map { [$0] } ?? []) + kept.map { ColumnNote(columns: $1.map(\.0), reason: .keepsGaps($1[0].1.type)) }
  }

  private func isFilled(_ column: Column) -> Bool {
    guard isServable(column.type) else { return false }
    if FillValue(value, type: column.type) != nil { return true }
    return strategy != "constant" && (try? fillValue(column, "")) != nil
  }

  private func isServable(_ type: ColumnType) -> Bool {
    strategy == "constant" || strategy == "most_frequent" || [.float32, .float64, .int64].contains(type)
  }

  /// A named column must suit the strategy even if it has no gap in this frame.
  private func requireServable(_ column: Column, _ name: String) throws {
    guard isServable(column.type) else {
      throw TransformerError.columnType(column: name, got: "\(column.type)", needed: "numbers for the strategy \(strategy)")
    }
    if strategy == "constant" { _ = try constant(column.type, name) }
  }

  /// `nil` for a column that was not named and that no fill value fits.
  private func fillValue(_ column: Column, _ name: String) throws -> FillValue? {
    let statistics = ColumnStatistics(column: column)
    let learned: FillValue? =
      switch strategy {
      case "mean": statistics.mean
      case "median": statistics.median
      case "most_frequent": statistics.mostFrequent
      default: nil
      }
    return try learned ?? constant(column.type, name)
  }

  private func constant(_ type: ColumnType, _ name: String) throws -> FillValue? {
    if let fill = FillValue(value, type: type) { return fill }
    guard named.isEmpty else { throw TransformerError.unusableValue(value, column: name, type: "\(type)") }
    return nil
  }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    var fills: [Fitted.Fill] = []
    var seen = Set<ColumnName>()
    for _ in 0..<(try reader.read(UInt32.self)) {
      let name = try reader.text()
      guard seen.insert(ColumnName(name)).inserted else { throw FittedStateError.malformed("column \"\(name)\" is there twice") }
      fills.append(Fitted.Fill(column: name, value: try FillValue(from: &reader)))
    }
    try reader.expectEnd()
    return Fitted(fills: fills, parameters: parameters)
  }

  struct Fitted: FittedTransformer {
    struct Fill: Sendable {
      let column: String
      let value: FillValue
    }

    let fills: [Fill]
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] { try applyTracing(inputs).map(\.frame) }

    func applyTracing(_ inputs: [StageInput]) throws -> [TracedFrame] {
      let frame = inputs.applied
      try frame.require(fills.map(\.column))
      var columns = frame.columns
      var origins: [Int: TracedFrame.Origin] = [:]
      for fill in fills {
        let place = frame.names.place(of: fill.column)!
        guard columns[place].type == fill.value.type else {
          throw TransformerError.columnType(
            column: fill.column, got: "\(columns[place].type)", needed: "\(fill.value.type), as when it was fitted")
        }
        let (source, constant) = (columns[place], fill.value.column)
        if case .widening = fill.value {
          columns[place] = try source.widened(named: fill.column, rowIDs: frame.rowIDs).fillingMissing(with: constant)
          continue
        }
        let complete = source.fillingMissing(with: constant)
        if complete.hasNaN {
          // A NaN is not a missing value, so such a column does not follow from its source by filling missing values.
          columns[place] = complete.replacingNaN(with: fill.value)
        } else {
          columns[place] = complete
          if source.validity != nil { origins[place] = .init(input: inputs.count - 1, column: place, operation: .filled(with: constant)) }
        }
      }
      let filled = DataFrame(rowIDs: frame.rowIDs, columns: zip(frame.names, columns).map { (name: $0, column: $1) })
      return [TracedFrame(filled, origins: origins)]
    }

    /// The number of columns as u32, then the name and the value of each.
    var state: [UInt8] {
      var writer = ByteWriter()
      writer.write(UInt32(fills.count))
      for fill in fills {
        writer.write(counted: fill.column.utf8)
        fill.value.write(to: &writer)
      }
      return FittedState.sealed(writer.bytes, transformer: FillNA.signature.name, parameters: parameters)
    }
  }
}
