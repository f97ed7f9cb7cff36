import Foundation

/// An intermediate: its schema, its rows, and the manifest of each column run.
///
/// It does not know its name, so that the same frame put out by two models is stored once. Bytes: tag 2, schema as JSON with sorted
/// keys, v rows, v rows per RowBlock, 1 kind of row ids (0 = consecutive from an Int64, 1 = a column), references; with kind 1 the
/// first reference is the column of row ids.
package struct IntermediateManifest: Sendable, Equatable {
  package enum RowIDSource: Sendable, Equatable {
    case range(start: Int64)
    case column(ChunkReference)
  }

  package let schema: IntermediateSchema
  package let rows: Int
  package let rowsPerBlock: Int
  package let rowIDs: RowIDSource
  /// One manifest a column run, in the order of `schema.runs`.
  package let runs: [ChunkReference]

  package init(schema: IntermediateSchema, rows: Int, rowsPerBlock: Int, rowIDs: RowIDSource, runs: [ChunkReference]) {
    self.schema = schema
    self.rows = rows
    self.rowsPerBlock = rowsPerBlock
    self.rowIDs = rowIDs
    self.runs = runs
  }

  package func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = [UInt8](try encoder.encode(schema))
    var writer = ByteWriter()
    writer.write(ManifestTag.intermediate.rawValue)
    writer.writeVariable(json.count)
    writer.write(bytes: json)
    writer.writeVariable(rows)
    writer.writeVariable(rowsPerBlock)
    switch rowIDs {
    case .range(let start):
      writer.write(UInt8(0))
      writer.write(start)
      PartitionTable.write(runs, to: &writer)
    case .column(let reference):
      writer.write(UInt8(1))
      PartitionTable.write([reference] + runs, to: &writer)
    }
    return writer.bytes
  }

  package init(decoding bytes: some Collection<UInt8>, place: String) throws {
    var reader = ByteReader(Array(bytes), place: place)
    guard try reader.read(UInt8.self) == ManifestTag.intermediate.rawValue else {
      throw reader.malformed("an intermediate's manifest was expected")
    }
    let json = try reader.readBytes(try reader.readVariable(limit: reader.remaining))
    do {
      schema = try JSONDecoder().decode(IntermediateSchema.self, from: Data(json))
    } catch {
      throw reader.malformed("the schema of an intermediate cannot be read (\(error))")
    }
    guard schema.isSound else { throw reader.malformed("the schema of an intermediate has impossible dimensions") }
    rows = try reader.readVariable()
    rowsPerBlock = try reader.readVariable()
    switch try reader.read(UInt8.self) {
    case 0:
      rowIDs = .range(start: try reader.read())
      runs = try PartitionTable.read(from: &reader)
    case 1:
      let references = try PartitionTable.read(from: &reader)
      guard let first = references.first else { throw reader.malformed("the column of row ids is missing") }
      rowIDs = .column(first)
      runs = Array(references.dropFirst())
    case let kind:
      throw reader.malformed("row ids of unknown kind \(kind)")
    }
    try reader.expectEnd()
    guard runs.count == schema.runs.count, rowsPerBlock > 0 else {
      throw reader.malformed("\(runs.count) manifests for \(schema.runs.count) column runs")
    }
  }
}
