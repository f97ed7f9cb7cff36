import Mistique

/// Keeps the named columns, in the order in which they are named. Complexity: O(columns); values are shared.
struct SelectColumn: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "SelectColumn", inputs: [.frame], parameters: [ParameterDeclaration("columns", .texts)])

  private let names: [String]

  init(_ parameters: Parameters) { names = parameters.texts("columns") }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    try frame.require(names)
    return [DataFrame(rowIDs: frame.rowIDs, columns: names.map { (name: $0, column: frame[$0]!) })]
  }
}

/// Drops the named columns, all of which must exist. Complexity: O(columns); values are shared.
struct DropColumns: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "DropColumns", inputs: [.frame], parameters: [ParameterDeclaration("columns", .texts)])

  private let names: [String]

  init(_ parameters: Parameters) { names = parameters.texts("columns") }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    try frame.require(names)
    let dropped = Set(names.map(ColumnName.init))
    let kept = zip(frame.names, frame.columns).filter { !dropped.contains(ColumnName($0.0)) }
    return [DataFrame(rowIDs: frame.rowIDs, columns: kept.map { (name: $0.0, column: $0.1) })]
  }
}
