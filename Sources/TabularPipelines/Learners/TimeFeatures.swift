import Mistique

/// Which features of a learner were times when it was trained.
///
/// A learner takes times as days since 1970-01-01. A day that one file has as `2016-01-05` and another as `20160105` is 16,805 to it, and twenty million:
/// what was learned of one says nothing of the other.
struct TimeFeatures: Equatable {
  /// Their places among the features, ascending; `nil` where a state of an older version does not say.
  private let places: [Int]?

  init(_ columns: [Column]) { places = columns.indices.filter { Self.isTime(columns[$0]) } }

  private static func isTime(_ column: Column) -> Bool { column.type == .date || column.type == .timestamp }

  /// - Throws: `TransformerError.columnType` for a time where there was none, and for a number where there was a time.
  func check(_ columns: [Column], _ names: [String]) throws {
    guard let places else { return }
    for (place, column) in columns.enumerated() where Self.isTime(column) != places.contains(place) {
      throw TransformerError.columnType(
        column: names[place], got: "\(column.type)",
        needed: "\(Self.isTime(column) ? "a number" : "a date or a timestamp"), as when it was trained")
    }
  }

  // MARK: In a state

  /// What a state says of itself in bits that older versions left 0: that it knows them, and that there are some.
  var flags: UInt8 { places.map { $0.isEmpty ? Self.areKnown : Self.areKnown | Self.exist } ?? 0 }

  private static let areKnown: UInt8 = 1
  private static let exist: UInt8 = 2

  /// Their number and their places, u32 each, if there are any.
  func write(to writer: inout ByteWriter) {
    guard let places, !places.isEmpty else { return }
    writer.write(UInt32(places.count))
    for place in places { writer.write(UInt32(place)) }
  }

  /// What `write(to:)` wrote, of so many features.
  init(flags: UInt8, features: Int, from reader: inout ByteReader) throws {
    guard flags & ~(Self.areKnown | Self.exist) == 0, flags != Self.exist else {
      throw FittedStateError.malformed("what it says of times is \(flags)")
    }
    guard flags & Self.exist != 0 else {
      places = flags == 0 ? nil : []
      return
    }
    let found = try (0..<(try reader.count())).map { _ in Int(try reader.read(UInt32.self)) }
    guard !found.isEmpty, found.allSatisfy({ $0 < features }), zip(found, found.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw FittedStateError.malformed("its times are not among its \(features) features")
    }
    places = found
  }
}
