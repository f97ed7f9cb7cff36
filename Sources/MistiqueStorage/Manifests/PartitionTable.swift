/// Chunk references as they are written in a manifest: the partitions once, then two small numbers per reference.
struct PartitionTable {
  private(set) var identifiers: [PartitionID] = []
  private var places: [PartitionID: Int] = [:]

  mutating func place(of id: PartitionID) -> Int {
    if let place = places[id] { return place }
    identifiers.append(id)
    places[id] = identifiers.count - 1
    return identifiers.count - 1
  }

  /// `count`, the partitions' names, then each reference as what it differs by from the one before: the partition, and the index less the one
  /// that would follow. Neighbours in an intermediate are neighbours in a partition, so that most are (0, 0) and compress to nothing.
  static func write(_ references: [ChunkReference], to writer: inout ByteWriter) {
    var table = PartitionTable()
    let places = references.map { table.place(of: $0.partition) }
    writer.writeVariable(references.count)
    writer.writeVariable(table.identifiers.count)
    for id in table.identifiers { writer.write(bytes: id.bytes) }
    var before = (place: 0, index: -1)
    for (place, reference) in zip(places, references) {
      writer.writeSigned(place - before.place)
      writer.writeSigned(reference.index - before.index - 1)
      before = (place, reference.index)
    }
  }

  static func read(from reader: inout ByteReader) throws -> [ChunkReference] {
    let count = try reader.readVariable()
    let partitions = try reader.readVariable()
    guard partitions <= reader.remaining / 16, count <= reader.remaining / 2 else {
      throw reader.malformed("a manifest of \(count) references to \(partitions) partitions does not fit its bytes")
    }
    let identifiers = try (0..<partitions).map { _ in try PartitionID(bytes: try reader.readBytes(16)) }
    var before = (place: 0, index: -1)
    return try (0..<count).map { _ in
      before.place += try reader.readSigned()
      before.index += try reader.readSigned() + 1
      guard identifiers.indices.contains(before.place), before.index >= 0 else {
        throw reader.malformed("a reference names chunk \(before.index) of partition \(before.place) of \(identifiers.count)")
      }
      return ChunkReference(partition: identifiers[before.place], index: before.index)
    }
  }
}
