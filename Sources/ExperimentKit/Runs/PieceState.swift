/// How far a piece is, judged from what its task has written and from nothing else.
package enum PieceState: Sendable, Equatable {
  /// Its rows and provenance are there.
  case measured
  /// So many units are in its journal; the task may be running, or have stopped.
  case unfinished(units: Int)
  case notBegun

  /// Looks at the piece's folders. Takes no lock and changes nothing: the task may be writing.
  package init(of piece: ExperimentPiece, at scale: Scale, in results: ResultsFolder) {
    if AtomicFile.exists(results.rows(of: piece.folder, at: scale)), AtomicFile.exists(results.provenance(of: piece.folder, at: scale)) {
      self = .measured
    } else if let units = try? Journal.unitCount(in: ResultsFolder.journal(in: results.partial(of: piece.folder, at: scale))) {
      self = .unfinished(units: units)
    } else {
      self = .notBegun
    }
  }
}

extension PieceState: CustomStringConvertible {
  package var description: String {
    switch self {
    case .measured: "measured"
    case .unfinished(let units): "begun, \(units) finished \(units == 1 ? "unit" : "units") kept"
    case .notBegun: "not begun"
    }
  }
}
