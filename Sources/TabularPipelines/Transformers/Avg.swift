import Mistique

/// Appends the mean of each named column over the rows that share a key, as a float64 column `<column>_avg_by_<by>`: for instance the average lot
/// size of the homes in a home's neighborhood (paper table 1, POINTQ).
///
/// Columns hold numbers or booleans (as 0 and 1); the key holds int64, text, boolean, date or timestamp. The mean is over the values that are neither
/// missing nor NaN; infinities count, so a mean may be infinite. It is missing where the key is missing, where the key was not seen when fitted, and
/// where it is not defined: for no value, and for infinities of both signs. Values are added in the order of the rows, in Double; the mean of finite values is
/// finite. The state is the mean of each key.
///
/// If a second frame is given, it is emitted instead, with the means of the first. It needs no more than the key.
///
/// Errors: `TransformerError.missingColumns`; `.duplicateColumn` for a column named twice and for a new name that is taken; `.columnType`;
/// `NumericColumnError.roundedInteger` for an integer that float64 does not hold.
/// Complexity: O(rows) expected per column, and O(keys x log keys); the frame's columns are shared.
struct Avg: Transformer {
  static let bits: TransformerBits? = .revision(2)
  static let signature = TransformerSignature(
    "Avg", inputs: [.frame], following: .another,
    parameters: [ParameterDeclaration("columns", .texts), ParameterDeclaration("by", .text(oneOf: []))])

  private let parameters: Parameters
  private let names: [String]
  private let by: String

  init(_ parameters: Parameters) {
    self.parameters = parameters
    names = parameters.texts("columns")
    by = parameters.text("by")
  }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let frame = inputs[0].frame
    try frame.require(names)
    let key = try frame.requiredColumn(by)
    guard KeyTable.joins(key.type) else {
      throw TransformerError.columnType(column: by, got: "\(key.type)", needed: "int64, text, boolean, date or timestamp for a key")
    }
    var found = KeyTable(type: key.type)
    let numbers = found.insert(key)
    let order = found.ascendingNumbers
    let means = try names.map { name in
      try frame[name]!.requireWholeAsFloat64(named: name, rowIDs: frame.rowIDs)
      let means = try Self.means(of: frame[name]!, name, by: numbers, keys: found.count)
      return order.map { means[$0] }
    }
    return Fitted(keys: found.keeping(order), means: means, parameters: parameters)
  }

  /// One mean per key; NaN where it is not defined.
  private static func means(of column: Column, _ name: String, by numbers: [Int32], keys: Int) throws -> [Double] {
    func means<Value>(_ values: [Value], _ number: (Value) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: keys)
      var counts = [Int](repeating: 0, count: keys)
      for row in values.indices where numbers[row] >= 0 && column.isPresent(row) {
        let value = number(values[row])
        if value.isNaN { continue }
        sums[Int(numbers[row])] += value
        counts[Int(numbers[row])] += 1
      }
      guard sums.contains(where: { !$0.isFinite }) else { return zip(sums, counts).map { $1 == 0 ? .nan : $0 / Double($1) } }
      // Where the sum of huge values does not fit, every value is divided first, at the cost of one more rounding each.
      var shares = [Double](repeating: 0, count: keys)
      var hasInfinity = [Bool](repeating: false, count: keys)
      for row in values.indices where numbers[row] >= 0 && column.isPresent(row) {
        let value = number(values[row])
        if value.isNaN { continue }
        shares[Int(numbers[row])] += value / Double(counts[Int(numbers[row])])
        if value.isInfinite { hasInfinity[Int(numbers[row])] = true }
      }
      let largest = Double.greatestFiniteMagnitude
      return sums.indices.map { key in
        if counts[key] == 0 { return .nan }
        if sums[key].isFinite { return sums[key] / Double(counts[key]) }
        return hasInfinity[key] ? shares[key] : min(max(shares[key], -largest), largest)
      }
    }
    switch column.values {
    case .float64(let values): return means(values) { $0 }
    case .float32(let values): return means(values) { Double($0) }
    case .int64(let values): return means(values) { Double($0) }
    case .boolean(let values): return means(values) { $0 ? 1 : 0 }
    case .date, .timestamp, .text: throw TransformerError.columnType(column: name, got: "\(column.type)", needed: "numbers or booleans")
    }
  }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    let keys = try KeyTable(from: &reader)
    guard KeyTable.joins(keys.type) else { throw FittedStateError.malformed("keys of type \(keys.type)") }
    let means = try names.map { _ in try (0..<keys.count).map { _ in Double(bitPattern: try reader.read(UInt64.self)) } }
    try reader.expectEnd()
    return Fitted(keys: keys, means: means, parameters: parameters)
  }

  struct Fitted: FittedTransformer {
    let keys: KeyTable
    /// Per column, one mean per key; NaN where it is not defined.
    let means: [[Double]]
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
      let frame = inputs.applied
      // Of another frame only the key is read: it need not have the columns that the means are of.
      let names = parameters.texts("columns")
      let by = parameters.text("by")
      let key = try frame.requiredColumn(by)
      guard key.type == keys.type else {
        throw TransformerError.columnType(column: by, got: "\(key.type)", needed: "\(keys.type), as when it was fitted")
      }
      let numbers = keys.numbers(of: key)
      return [try frame.appending(zip(names, means).map { ("\($0)_avg_by_\(by)", Self.column(numbers, $1)) })]
    }

    private static func column(_ numbers: [Int32], _ means: [Double]) -> Column {
      var values = [Double](repeating: 0, count: numbers.count)
      var validity = Validity(count: numbers.count, present: true)
      for (row, number) in numbers.enumerated() {
        if number >= 0, !means[Int(number)].isNaN { values[row] = means[Int(number)] } else { validity[row] = false }
      }
      return Column(.float64(values), validity: validity)
    }

    /// The keys, then column by column the bits of each key's mean.
    var state: [UInt8] {
      var writer = ByteWriter()
      keys.write(to: &writer)
      for means in means { for mean in means { writer.write(mean.bitPattern) } }
      return FittedState.sealed(writer.bytes, transformer: Avg.signature.name, parameters: parameters)
    }
  }
}
