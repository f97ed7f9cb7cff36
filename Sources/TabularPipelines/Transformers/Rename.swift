import Mistique

/// Gives columns other names; values, order and the other columns stay. `names` maps existing names to new ones.
///
/// All columns are renamed at once, so two may swap names. Errors: `TransformerError.missingColumns`; `.duplicateColumn` when two columns would have
/// one name. Complexity: O(columns); values are shared.
struct Rename: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "Rename", inputs: [.frame], parameters: [ParameterDeclaration("names", .mapping(oneOf: []))])

  private let names: [ParameterValue.Entry]

  init(_ parameters: Parameters) { names = parameters.entries("names") }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] { try applyTracing(inputs).map(\.frame) }

  func applyTracing(_ inputs: [StageInput]) throws -> [TracedFrame] {
    let frame = inputs[0].frame
    try frame.require(names.map(\.name))
    let new = Dictionary(uniqueKeysWithValues: names.map { (ColumnName($0.name), $0.value) })
    let renamed = frame.names.map { new[ColumnName($0)] ?? $0 }
    if let name = renamed.firstRepeatedName { throw TransformerError.duplicateColumn(name) }
    let origins = frame.columns.indices.map { ($0, TracedFrame.Origin(input: 0, column: $0, operation: .unchanged)) }
    return [
      TracedFrame(
        DataFrame(rowIDs: frame.rowIDs, columns: zip(renamed, frame.columns).map { (name: $0, column: $1) }),
        origins: Dictionary(uniqueKeysWithValues: origins))
    ]
  }
}
