import Mistique

/// Replaces columns by one boolean column per category, `<column>_<category>`, which is true where the column has that value.
///
/// Columns of any type serve; two texts are one category when all their bytes are equal. The new columns stand where the source column was, or after
/// it with `drop: false`, in ascending order of the categories: numbers and dates by value, false before true, texts by their Unicode scalars. In
/// names, integers are written as they are, floating-point numbers as Swift describes them (`0.5`, `inf`), booleans `true` and `false`, dates
/// `yyyy-mm-dd`. Of more than `max_categories` values the most frequent are kept; of values that are equally frequent, the smallest. A row is false
/// in all columns when its value is missing, NaN, not kept, or was not seen when fitted. A column without a value gives no new column. If a second
/// frame is given, it is encoded instead, with the categories of the first. The state is the categories.
///
/// Errors: `TransformerError.missingColumns`; `.duplicateColumn` for a column named twice and for a new name that the frame has already, a dropped
/// column's included; `.columnType` for a column that had another type when fitted.
/// Complexity: O(rows x categories) per column, with one look-up per row; other columns are shared.
struct OneHotEncoding: Transformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "OneHotEncoding", inputs: [.frame], following: .another,
    parameters: [
      ParameterDeclaration("columns", .texts),
      ParameterDeclaration("max_categories", .integer(1...10_000), default: .integer(100)),
      ParameterDeclaration("drop", .boolean, default: .boolean(true)),
    ])

  private let parameters: Parameters
  private let names: [String]
  private let maxCategories: Int

  init(_ parameters: Parameters) {
    self.parameters = parameters
    names = parameters.texts("columns")
    maxCategories = parameters.integer("max_categories")
  }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let frame = inputs[0].frame
    try frame.require(names)
    return Fitted(categories: names.map { categories(of: frame[$0]!) }, parameters: parameters)
  }

  private func categories(of column: Column) -> KeyTable {
    var all = KeyTable(type: column.type)
    let numbers = all.insert(column)
    var kept = all.ascendingNumbers
    if kept.count > maxCategories {
      var counts = [Int](repeating: 0, count: all.count)
      for number in numbers where number >= 0 { counts[Int(number)] += 1 }
      let places = kept.indices.sorted { (counts[kept[$0]], $1) > (counts[kept[$1]], $0) }
      kept = places.prefix(maxCategories).sorted().map { kept[$0] }
    }
    return all.keeping(kept)
  }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    var categories: [KeyTable] = []
    for _ in names {
      categories.append(try KeyTable(from: &reader))
      guard categories.last!.count <= maxCategories else { throw FittedStateError.malformed("more than \(maxCategories) categories") }
    }
    try reader.expectEnd()
    return Fitted(categories: categories, parameters: parameters)
  }

  struct Fitted: FittedTransformer {
    /// One table per column that the parameters name.
    let categories: [KeyTable]
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
      let frame = inputs.applied
      let encoded = parameters.texts("columns")
      try frame.require(encoded)
      let drops = parameters.boolean("drop")
      var columns: [(name: String, column: Column)] = []
      // The name of a dropped column stays taken, so that one name does not stand for two things in a pipeline.
      var taken = Set(frame.names.map(ColumnName.init))
      for (name, column) in zip(frame.names, frame.columns) {
        guard let place = encoded.place(of: name) else {
          columns.append((name, column))
          continue
        }
        let table = categories[place]
        guard column.type == table.type else {
          throw TransformerError.columnType(column: name, got: "\(column.type)", needed: "\(table.type), as when it was fitted")
        }
        if !drops { columns.append((name, column)) }
        let numbers = table.numbers(of: column)
        for category in 0..<table.count {
          let newName = "\(name)_\(table.text(of: category))"
          guard taken.insert(ColumnName(newName)).inserted else { throw TransformerError.duplicateColumn(newName) }
          columns.append((newName, Column(.boolean(Self.indicator(numbers, Int32(category))))))
        }
      }
      return [DataFrame(rowIDs: frame.rowIDs, columns: columns)]
    }

    private static func indicator(_ numbers: [Int32], _ category: Int32) -> [Bool] {
      [Bool](unsafeUninitializedCapacity: numbers.count) { flags, count in
        numbers.withUnsafeBufferPointer { numbers in
          for row in 0..<numbers.count { flags.initializeElement(at: row, to: numbers[row] == category) }
        }
        count = numbers.count
      }
    }

    /// One table of keys per column.
    var state: [UInt8] {
      var writer = ByteWriter()
      for table in categories { table.write(to: &writer) }
      return FittedState.sealed(writer.bytes, transformer: OneHotEncoding.signature.name, parameters: parameters)
    }
  }
}
