import MistiqueStorage

/// Tells a model from another one that was logged under the same name later, and from itself with more or less of it stored.
package struct ReceiptMark: Hashable, Sendable {
  private let place: ChunkReference

  init(_ place: ChunkReference) { self.place = place }
}

extension CataloguedModel {
  var receiptMark: ReceiptMark? { receiptPlace.map(ReceiptMark.init) }
}

/// What an answer cost. Counters are exact for a given store and question.
public struct QueryCost: Sendable, Equatable {
  /// From the question to the answer. For intermediates that were re-run together: of all of them.
  public var seconds = 0.0
  /// Bytes read from partition files, their directories and the catalogue not counted.
  public var bytesRead = 0
  /// Frames that were decompressed and decoded.
  public var framesDecoded = 0
  /// Bytes after decoding.
  public var bytesDecoded = 0
  /// For intermediates that were re-run together: of all of them.
  public var stagesRun = 0
}

/// The asked columns of one intermediate.
public struct IntermediateResult: Sendable {
  /// The values of the answer.
  public enum Values: Sendable {
    /// Rows x asked columns of a network's layer.
    case maps(FloatMatrix)
    /// The asked columns of a pipeline's intermediate.
    case frame(DataFrame)
  }

  /// The model that was queried.
  public let model: ModelIdentity
  /// The intermediate that was queried.
  public let intermediate: String
  /// The ids of the rows, in the intermediate's own order.
  public let rowIDs: RowIDs
  /// The columns of the whole intermediate, after pooling.
  public let schema: IntermediateSchema
  /// The asked columns, ascending: places in the schema.
  public let columns: [Range<Int>]
  /// The values: one row per row id.
  public let values: Values
  /// How the answer was fetched, and why.
  public let plan: QueryPlan
  /// What fetching it cost.
  public let cost: QueryCost
  /// Whether the values are, bit for bit, what the model emits, pooled where its policy pools: false where what was read, or what a re-run started
  /// from, is quantized.
  public var isExact: Bool { plan.taken.isExact }
  /// The largest error of the values where it is known: 0 where they are exact, the bound of BOUND_QT or of the base of a ladder where that was read; `nil`
  /// where nobody knows.
  public var errorBound: Double? { plan.taken.errorBound }
  package let receipt: ReceiptMark?
  /// What became of an intermediate that its adaptive policy found worth storing in this question; `nil` for all others.
  public internal(set) var materialized: Materialized?

  /// Inputs of a re-run of which the store cannot tell whether they are those that were logged, because it is older than their digests. Empty for an
  /// answer that was read, and for every store that keeps digests: there a re-run on others is refused.
  public internal(set) var unverifiedInputs: [String] = []

  /// Names of the asked columns, in the order of the intermediate. Complexity: O(columns).
  public var columnNames: [String] { columns.flatMap { $0.map(schema.columnName) } }
  /// The values of a network's intermediate, rows x asked columns; `nil` for a frame.
  public var matrix: FloatMatrix? { if case .maps(let matrix) = values { matrix } else { nil } }
  /// The values of a pipeline's intermediate; `nil` for maps.
  public var frame: DataFrame? { if case .frame(let frame) = values { frame } else { nil } }

  /// Whether both hold the same rows and the same bits.
  package func isIdentical(to other: IntermediateResult) -> Bool {
    guard rowIDs == other.rowIDs, schema == other.schema, columns == other.columns else { return false }
    switch (values, other.values) {
    case (.maps(let a), .maps(let b)): return a.isIdentical(to: b)
    case (.frame(let a), .frame(let b)): return zip(a.columns, b.columns).allSatisfy { $0.isIdentical(to: $1) }
    default: return false
    }
  }
}

/// What became of an intermediate that was re-run under an adaptive policy.
public enum Materialized: Sendable, Equatable {
  /// It is stored now, and took so many bytes.
  case stored(bytes: Int)
  /// It is worth its bytes and could not be stored now; the answer is not affected, and the next question tries again.
  case postponed(reason: String)
}
