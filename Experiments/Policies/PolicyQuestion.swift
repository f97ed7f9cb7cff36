import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// The four questions that are timed on each intermediate. All are answered by reading.
enum PolicyQuestion: String, CaseIterable {
  /// One column (of a layer one map) of one row.
  case point = "POINTQ"
  /// The ten rows with the largest values of one column, of a map its mean.
  case topK = "TOPK"
  /// The ten rows nearest to one row by all numbers.
  case neighbours = "KNN"
  /// Every value, once.
  case whole = "all values"

  /// What one asking read.
  struct Touched {
    var bytesRead = 0
    var framesDecoded = 0

    fileprivate mutating func add(_ results: [IntermediateResult]) {
      for result in results {
        bytesRead += result.cost.bytesRead
        framesDecoded += result.cost.framesDecoded
      }
    }
  }

  /// Asks it once.
  ///
  /// Memory: 64 MB of values at a time; of a table, all of it.
  func ask(_ asked: QuestionedIntermediate, of store: IntermediateStore) throws -> Touched {
    var touched = Touched()
    func fetch(_ key: IntermediateKey, _ rows: RowRequest) throws -> IntermediateResult {
      let results = try store.getIntermediates([key], rows: rows, plan: .read)
      touched.add(results)
      return results[0]
    }
    func forEachPiece(_ key: IntermediateKey, columns: Int, _ body: (IntermediateResult) throws -> Void) throws {
      let rowsPerPiece = asked.rowsPerPiece(columns: columns)
      guard rowsPerPiece < asked.rows else { return try body(try fetch(key, .all)) }
      for start in stride(from: 0, to: asked.rows, by: rowsPerPiece) {
        if let request = Interruption.request { throw request }
        let places = start..<min(asked.rows, start + rowsPerPiece)
        try body(try fetch(key, .ids(places.map { asked.rowIDs[$0] })))
      }
    }
    let middle = asked.rowIDs[asked.middle]
    switch self {
    case .point: _ = try fetch(asked.key(asked.column), .ids([middle]))
    case .topK:
      var heights: [Double] = []
      try forEachPiece(asked.key(asked.column), columns: asked.columnsOfOne) { heights += Self.heights($0) }
      _ = TopK.largest(10, of: heights)
    case .neighbours:
      guard !asked.schema.isTable else {
        let columns = try fetch(asked.key(), .all).frame.map { frame in frame.columns.compactMap(\.doubles) } ?? []
        do throws(DiagnosisError) {
          _ = try StandardisedFeatures(columns).nearest(to: asked.middle, count: 10)
        } catch {
          // A table without a column that varies has no neighbours.
          guard error.code == .constant else { throw error }
        }
        return touched
      }
      let query = try fetch(asked.key(), .ids([middle])).requiredMatrix()
      var (nearest, start): ([Neighbour], Int) = ([], 0)
      try forEachPiece(asked.key(), columns: asked.schema.columnCount) { piece in
        let matrix = try piece.requiredMatrix()
        let found = query.withValues { query in
          matrix.withValues {
            NearestNeighbours.of(
              queries: MatrixView(query, columns: matrix.columns), in: MatrixView($0, columns: matrix.columns), count: 11)[0]
          }
        }
        nearest += found.filter { start + $0.row != asked.middle }
        nearest = Array(nearest.sorted { $0.distance < $1.distance }.prefix(10))
        start += matrix.rows
      }
    case .whole: try forEachPiece(asked.key(), columns: asked.schema.columnCount) { _ in }
    }
    return touched
  }

  /// The values of one column, of a map its means.
  private static func heights(_ result: IntermediateResult) -> [Double] {
    guard let matrix = result.matrix else { return result.frame?.columns.first?.doubles ?? [] }
    return matrix.withValues { values in
      (0..<matrix.rows).map { row in
        values[row * matrix.columns..<(row + 1) * matrix.columns].reduce(0) { $0 + Double($1) } / Double(matrix.columns)
      }
    }
  }
}
