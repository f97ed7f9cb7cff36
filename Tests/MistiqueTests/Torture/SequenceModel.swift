import Foundation
import Mistique
import TestSupport

/// A small model of a sequence: maps, a frame, or frames whose columns follow from each other.
final class SequenceModel: ExecutableModel {
  static let kind = "sequence"

  /// Instants of logging at which something can be done: every one of them comes before the catalogue is changed.
  enum Instant: Int, CaseIterable, Sendable {
    case emitting, transformers, describing
  }

  let number: Int
  let contents: [(name: String, content: LoggedIntermediate, passedOn: [Int: PassedColumn])]
  /// Called at instants while the model is logged; what it throws ends logging where a model may throw.
  nonisolated(unsafe) var onInstant: ((Instant) throws -> Void)?

  init(_ number: Int, _ contents: [(name: String, content: LoggedIntermediate, passedOn: [Int: PassedColumn])]) {
    self.number = number
    self.contents = contents
    stageList = contents.enumerated().map { Stage(name: "s\($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: [$1.name]) }
  }

  private let stageList: [Stage]
  var stages: [Stage] { stageList }

  /// Asked for while the commit is written: values and manifests are there, the receipt is not.
  var specification: String {
    try? onInstant?(.describing)  // a model cannot fail here
    return "\(number)"
  }

  func transformers() throws -> [StoredTransformer] {
    try onInstant?(.transformers)
    return [StoredTransformer(name: "number", bytes: Array("\(number % 3)".utf8))]
  }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    for (name, content, passedOn) in contents where request.intermediates.contains(name) {
      switch content {
      case .frame(let frame): try emit(name, .frame(frame, passedOn: passedOn))
      case .maps(let maps):
        try maps.values.withUnsafeBufferPointer { try emit(name, .maps($0, rowIDs: .list(maps.ids), schema: maps.schema)) }
      }
      try onInstant?(.emitting)
    }
    return stageList.indices.map { StageMeasurement(stage: $0, seconds: 0.5) }
  }

  /// Models share what they are made of: five frames and five layers, so that what one stores another needs.
  static func random(_ number: Int, _ random: inout SeededRandom) -> SequenceModel {
    func source() -> SeededRandom { SeededRandom(seed: 77 &+ random.next() % 5) }
    switch random.next() % 3 {
    case 0:
      var source = source()
      let lineage = RandomLineage(&source, after: nil, rows: [0, 1, 3, 9])
      return SequenceModel(
        number, lineage.frames.prefix(3).enumerated().map { ("i\($0)", .frame($1.frame), renamed($1.passedOn, lineage)) })
    case 1:
      var source = source()
      let frame = DataFrame(rowIDs: .first(6), columns: [("a", RandomValues.column(6, &source)), ("b", RandomValues.column(6, &source))])
      return SequenceModel(number, [("i0", .frame(frame), [:])])
    default:
      return SequenceModel(
        number,
        (0..<1 + Int(random.next() % 2)).map { place in
          var source = source()
          var maps = LoggedMaps(rows: 6, &source)
          (maps.order, maps.pieces) = (.channelMajor, [6])
          return ("i\(place)", .maps(maps), [:])
        })
    }
  }

  private static func renamed(_ passedOn: [Int: PassedColumn], _ lineage: RandomLineage) -> [Int: PassedColumn] {
    passedOn.mapValues { column in
      let place = lineage.frames.firstIndex { $0.name == column.intermediate }!
      return PassedColumn(intermediate: "i\(place)", column: column.column, operation: column.operation)
    }
  }
}
