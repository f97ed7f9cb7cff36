import Mistique

/// Keeps the named columns, in the order in which they are named. O(columns): values are shared.
public struct SelectColumn: StatelessTransformer {
  public static let signature = TransformerSignature(
    "SelectColumn", inputs: [.frame], parameters: [ParameterDeclaration("columns", .texts)])

  private let names: [String]

  public init(_ parameters: Parameters) { names = parameters.texts("columns") }

  public func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    try frame.require(names)
    return [DataFrame(rowIDs: frame.rowIDs, columns: names.map { (name: $0, column: frame[$0]!) })]
  }
}

/// Drops the named columns, all of which must be there. O(columns): values are shared.
public struct DropColumns: StatelessTransformer {
  public static let signature = TransformerSignature(
    "DropColumns", inputs: [.frame], parameters: [ParameterDeclaration("columns", .texts)])

  private let names: [String]

  public init(_ parameters: Parameters) { names = parameters.texts("columns") }

  public func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    try frame.require(names)
    let kept = zip(frame.names, frame.columns).filter { !names.contains($0.0) }
    return [DataFrame(rowIDs: frame.rowIDs, columns: kept.map { (name: $0.0, column: $0.1) })]
  }
}

extension DataFrame {
  /// All of them exist and none is named twice.
  func require(_ wanted: [String]) throws {
    let missing = wanted.filter { self[$0] == nil }
    guard missing.isEmpty else { throw TransformerError.missingColumns(missing, available: names) }
    var seen = Set<String>()
    for name in wanted where !seen.insert(name).inserted { throw TransformerError.duplicateColumn(name) }
  }
  /// The frame with `added` behind its own columns, which are shared. A name that is taken is `TransformerError.duplicateColumn`.
  func appending(_ added: [(name: String, column: Column)]) throws -> DataFrame {
    var taken = Set(names)
    for (name, _) in added where !taken.insert(name).inserted { throw TransformerError.duplicateColumn(name) }
    return DataFrame(rowIDs: rowIDs, columns: zip(names, columns).map { (name: $0, column: $1) } + added)
  }
}
