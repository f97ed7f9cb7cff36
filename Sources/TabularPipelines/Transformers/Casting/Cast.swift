import Mistique

/// Changes the types of columns, exactly or not at all. `types` maps names of columns to types.
///
/// | from                       | to                         | which values                                                    |
/// |----------------------------|----------------------------|-----------------------------------------------------------------|
/// | int64, float32, float64    | each other                 | those that the other type has: 3.0 is an integer, 3.5 is not     |
/// | boolean                    | numbers, and back          | 0 and 1                                                         |
/// | text                       | any type                   | as a CSV file writes them; the empty text is missing            |
/// | any type                   | text                       | all, written as in a CSV file                                   |
/// | date                       | timestamp, and back        | midnight                                                        |
///
/// A decimal text becomes the nearest number; nothing else is rounded. Missing values stay missing, and a NaN stays a NaN in every type of number. A
/// column that has the type already is shared.
///
/// Errors: `TransformerError.missingColumns`; `.notCastable` for a value that the type does not have, with its `row_id`; `.castTypes` for two types
/// that have nothing in common, such as a date and a number. Complexity: O(rows) per column; other columns are shared.
struct Cast: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "Cast", inputs: [.frame],
    parameters: [ParameterDeclaration("types", .mapping(oneOf: ColumnType.allCases.map { "\($0)" }))])

  private let types: [ParameterValue.Entry]

  init(_ parameters: Parameters) { types = parameters.entries("types") }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    try frame.require(types.map(\.name))
    var columns = frame.columns
    for entry in types {
      let place = frame.names.place(of: entry.name)!
      let type = ColumnType.allCases.first { "\($0)" == entry.value }!
      columns[place] = try ColumnCast(column: columns[place], name: entry.name, rowIDs: frame.rowIDs, type: type)()
    }
    return [DataFrame(rowIDs: frame.rowIDs, columns: zip(frame.names, columns).map { (name: $0, column: $1) })]
  }
}
