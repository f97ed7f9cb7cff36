/// Chunk references as they are written in a manifest: the partitions once, then two small numbers a reference.
struct PartitionTable {
  private(set) var identifiers: [PartitionID] = []
  private var places: [PartitionID: Int] = [:]

  mutating func place(of id: PartitionID) -> Int {
    if let place = places[id] { return place }
    identifiers.append(id)
    places[id] = identifiers.count - 1
    return identifiers.count - 1
  }

  /// `count`, the partitions' names, then the references as (partition, index).
  static func write(_ references: [ChunkReference], to writer: inout ByteWriter) {
    var table = PartitionTable()
    let places = references.map { table.place(of: $0.partition) }
    writer.writeVariable(references.count)
    writer.writeVariable(table.identifiers.count)
    for id in table.identifiers { writer.write(bytes: id.bytes) }
    for (place, reference) in zip(places, references) {
      writer.writeVariable(place)
      writer.writeVariable(reference.index)
    }
  }

  static func read(from reader: inout ByteReader) throws -> [ChunkReference] {
    let count = try reader.readVariable()
    let partitions = try reader.readVariable()
    guard partitions <= reader.remaining / 16, count <= reader.remaining / 2 else {
      throw reader.malformed("a manifest of \(count) references to \(partitions) partitions does not fit its bytes")
    }
    let identifiers = try (0..<partitions).map { _ in try PartitionID(bytes: try reader.readBytes(16)) }
    return try (0..<count).map { _ in
      let place = try reader.readVariable()
      guard place < identifiers.count else { throw reader.malformed("a reference names partition \(place) of \(identifiers.count)") }
      return ChunkReference(partition: identifiers[place], index: try reader.readVariable())
    }
  }
}
