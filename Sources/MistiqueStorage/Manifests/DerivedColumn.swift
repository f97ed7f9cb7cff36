/// A column that is not stored: how it follows from one that is.
///
/// A stage that joins, splits or fills gives columns whose values are all in the store. What is kept is where, and the operations in their order.
/// Bytes: tag 3, type, v rows, v number of operations, then for each 1 kind: 0 (rows) and v number of rows; 1 (filled), v length and the value as
/// a ColumnChunk of one row; or 2 (plus) and v decimal digits. Last the references: the manifest of the stored column, then for each operation of kind 0
/// that of the column of its rows (int64, -1 for a missing value), of kind 2 that of the column that is added (int64, in units of the last
/// digit). Nothing is added after rows were picked.
package struct DerivedColumn: Sendable, Equatable {
  package typealias Operation = Derivation<ChunkReference>.Operation

  package let type: ColumnType
  package let rows: Int
  let derivation: Derivation<ChunkReference>

  package init(type: ColumnType, rows: Int, source: ChunkReference, operations: [Operation]) {
    self.init(type: type, rows: rows, Derivation(source: source, operations: operations))
  }

  init(type: ColumnType, rows: Int, _ derivation: Derivation<ChunkReference>) {
    self.type = type
    self.rows = rows
    self.derivation = derivation
  }

  package var source: ChunkReference { derivation.source }
  package var operations: [Operation] { derivation.operations }
  var lists: [ChunkReference] { derivation.lists }
  var differences: [ChunkReference] { derivation.differences }

  /// The manifests it refers to.
  var references: [ChunkReference] {
    [source]
      + operations.compactMap { operation in
        switch operation {
        case .rows(let reference, _), .plus(let reference, _): reference
        case .filled: nil
        }
      }
  }

  package var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(ManifestTag.derivedColumn.rawValue)
    writer.write(type.rawValue)
    writer.writeVariable(rows)
    writer.writeVariable(operations.count)
    for operation in operations {
      switch operation {
      case .rows(_, let count):
        writer.write(UInt8(0))
        writer.writeVariable(count)
      case .filled(let value):
        writer.write(UInt8(1))
        writer.writeVariable(value.count)
        writer.write(bytes: value)
      case .plus(_, let digits):
        writer.write(UInt8(2))
        writer.writeVariable(digits)
      }
    }
    PartitionTable.write(references, to: &writer)
    return writer.bytes
  }

  package init(decoding bytes: some Collection<UInt8>, place: String) throws {
    var reader = ByteReader(Array(bytes), place: place)
    guard try reader.read(UInt8.self) == ManifestTag.derivedColumn.rawValue, let type = ColumnType(rawValue: try reader.read()) else {
      throw reader.malformed("a derived column was expected")
    }
    self.type = type
    rows = try reader.readVariable()
    let count = try reader.readVariable()
    guard (1...Derivation<ChunkReference>.mostOperations).contains(count) else {
      throw reader.malformed("a column is derived by \(count) operations")
    }
    var read: [(kind: UInt8, rows: Int, value: [UInt8])] = []
    for _ in 0..<count {
      let kind = try reader.read(UInt8.self)
      switch kind {
      case 0: read.append((kind, try reader.readVariable(), []))
      case 1: read.append((kind, 0, Array(try reader.readBytes(try reader.readVariable(limit: reader.remaining)))))
      case 2:
        guard !read.contains(where: { $0.kind == 0 }) else { throw reader.malformed("something is added after rows were picked") }
        read.append((kind, try reader.readVariable(limit: 15), []))
      default: throw reader.malformed("an operation of kind \(kind) is unknown")
      }
    }
    var references = try PartitionTable.read(from: &reader)[...]
    try reader.expectEnd()
    guard references.count == 1 + read.count(where: { $0.kind != 1 }) else {
      throw reader.malformed("\(references.count) references do not serve \(count) operations")
    }
    let source = references.removeFirst()
    let operations: [Operation] = read.map { operation in
      switch operation.kind {
      case 0: .rows(references.removeFirst(), count: operation.rows)
      case 1: .filled(operation.value)
      default: .plus(references.removeFirst(), digits: operation.rows)
      }
    }
    derivation = Derivation(source: source, operations: operations)
    let last = read.last { $0.kind == 0 }?.rows
    guard last == nil || last == rows else { throw reader.malformed("\(rows) rows cannot be picked by a list of \(last ?? 0)") }
  }
}

/// What the manifest of a column says: where its chunks are, or how it follows from a column whose manifest does.
enum ColumnRecord: Sendable {
  case stored(ColumnManifest)
  case derived(DerivedColumn)

  init(decoding bytes: [UInt8], place: String) throws {
    self =
      bytes.first == ManifestTag.derivedColumn.rawValue
      ? .derived(try DerivedColumn(decoding: bytes, place: place)) : .stored(try ColumnManifest(decoding: bytes, place: place))
  }
}
