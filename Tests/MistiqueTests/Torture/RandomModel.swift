import Foundation
import Mistique
import TestSupport

/// Maps as a layer puts them out, all in memory.
struct LoggedMaps {
  var channels: Int
  var height: Int
  var width: Int
  var ids: [Int64]
  /// Row-major, channel-major within a row.
  var values: [Float]
  /// How they are handed over.
  var order: MapOrder
  /// Rows of each piece that is handed over; some are empty.
  var pieces: [Int]

  var schema: IntermediateSchema { .maps(channels: channels, height: height, width: width) }
  var columns: Int { channels * height * width }

  init(rows: Int, _ random: inout SeededRandom) {
    channels = 1 + Int(random.next() % 4)
    (height, width) = random.next() % 3 == 0 ? (1, 1) : (1 + Int(random.next() % 4), 1 + Int(random.next() % 4))
    ids = RandomValues.rowIDs(rows, &random)
    values = RandomValues.floats(rows * channels * height * width, &random)
    order = random.next() % 3 == 0 ? .channelsLast : .channelMajor
    pieces = []
    var left = rows
    while left > 0 {
      let piece = min(left, Int(random.next() % 7))
      pieces.append(piece)
      left -= piece
    }
    if pieces.isEmpty { pieces = [0] }
  }

  /// The rows at `places` in the order they are handed over in.
  func handedOver(_ places: ArraySlice<Int>) -> [Float] {
    var result: [Float] = []
    for row in places {
      let own = values[row * columns..<(row + 1) * columns]
      guard order == .channelsLast else {
        result += own
        continue
      }
      for place in 0..<height * width {
        for channel in 0..<channels { result.append(own[own.startIndex + channel * height * width + place]) }
      }
    }
    return result
  }
}

/// One intermediate of a random model.
enum LoggedIntermediate {
  case maps(LoggedMaps)
  case frame(DataFrame)

  var ids: [Int64] {
    switch self {
    case .maps(let maps): maps.ids
    case .frame(let frame): frame.rowIDs.array
    }
  }
}

/// A model that emits what was drawn.
final class RandomModel: ExecutableModel {
  static let kind = "random"
  let specification: String
  let stages: [Stage]
  let intermediates: [(name: String, content: LoggedIntermediate)]
  /// Whether it emits all rows whatever it is asked for.
  let putsOutAllRows: Bool

  init(_ specification: String, _ intermediates: [LoggedIntermediate], putsOutAllRows: Bool) {
    self.specification = specification
    self.intermediates = intermediates.enumerated().map { ("i\($0)", $1) }
    self.putsOutAllRows = putsOutAllRows
    stages = self.intermediates.enumerated().map { Stage(name: "s\($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: [$1.name]) }
  }

  func transformers() -> [StoredTransformer] { [StoredTransformer(name: "t", bytes: Array(specification.utf8))] }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var wanted: Set<Int64>?
    if case .ids(let ids) = request.rows, !putsOutAllRows { wanted = Set(ids) }
    for (name, content) in intermediates where request.intermediates.contains(name) {
      let places = content.ids.indices.filter { wanted?.contains(content.ids[$0]) ?? true }
      switch content {
      case .frame(let frame): try emit(name, .frame(places.count == frame.rowCount ? frame : frame.gather(places)))
      case .maps(let maps): try Self.emit(maps, places, name, emit)
      }
    }
    return stages.indices.map { StageMeasurement(stage: $0, seconds: 0.001) }
  }

  private static func emit(_ maps: LoggedMaps, _ places: [Int], _ name: String, _ emit: (String, IntermediateRows) throws -> Void) throws {
    func piece(_ part: ArraySlice<Int>) throws {
      let ids = part.map { maps.ids[$0] }
      let isRun = !ids.isEmpty && ids.last! < .max && zip(ids, ids.dropFirst()).allSatisfy { $0 < .max && $0 + 1 == $1 }
      try maps.handedOver(part).withUnsafeBufferPointer {
        try emit(name, .maps($0, rowIDs: isRun ? .range(ids[0]..<ids.last! + 1) : .list(ids), schema: maps.schema, order: maps.order))
      }
    }
    var rest = places[...]
    for rows in maps.pieces where rows == 0 || !rest.isEmpty {
      try piece(rest.prefix(rows))
      rest = rest.dropFirst(rows)
    }
    if !rest.isEmpty || places.isEmpty { try piece(rest) }
  }
}
