import Foundation

/// An intermediate: its schema, its rows, and the manifest of each column span.
///
/// It does not know its name, so that the same frame emitted by two models is stored once. Bytes: tag 2, v length and JSON (sorted keys) of
/// the schema, the same of the scheme, v rows, v rows per RowBlock, 1 kind of row ids (0 = consecutive from an Int64, 1 = a column),
/// 1 whether there is a codebook, references: the column of row ids with kind 1, the codebook if there is one, then one per column span.
package struct IntermediateManifest: Sendable, Equatable {
  package enum RowIDSource: Sendable, Equatable {
    case range(start: Int64)
    case column(ChunkReference)
  }

  /// Of what is stored: after pooling.
  package let schema: IntermediateSchema
  /// How the values were pooled and quantized.
  package let scheme: QuantizationScheme
  package let rows: Int
  package let rowsPerBlock: Int
  package let rowIDs: RowIDSource
  /// The fitted quantizers: a `CodebookRecord`.
  package let codebook: ChunkReference?
  /// One manifest per column span, in the order of `schema.spans`.
  package let spans: [ChunkReference]

  package init(
    schema: IntermediateSchema, scheme: QuantizationScheme = .none, rows: Int, rowsPerBlock: Int, rowIDs: RowIDSource,
    codebook: ChunkReference? = nil, spans: [ChunkReference]
  ) {
    self.schema = schema
    self.scheme = scheme
    self.rows = rows
    self.rowsPerBlock = rowsPerBlock
    self.rowIDs = rowIDs
    self.codebook = codebook
    self.spans = spans
  }

  /// Whether what is stored are, bit for bit, the values of its schema: not quantized, and not without their residuals.
  package var isExact: Bool { codebook == nil || scheme.values.isExact }

  /// The same intermediate with the residuals given back; `nil` for one without.
  package var demoted: IntermediateManifest? {
    guard scheme.values.rungs == .all, codebook != nil, let values = scheme.values.demoted else { return nil }
    var base = scheme.then(values)
    base.kept = scheme.kept
    return IntermediateManifest(
      schema: schema, scheme: base, rows: rows, rowsPerBlock: rowsPerBlock, rowIDs: rowIDs, codebook: codebook, spans: spans)
  }

  /// - Throws: `StoreError` with code `invalid` for more rows than a manifest that is read back may have.
  static func requireCountable(rows: Int, at place: String) throws {
    guard rows > Int(Int32.max) else { return }
    throw StoreError(
      .invalid, "\(rows) rows are more than an intermediate takes, \(Int32.max)", at: place,
      remedy: "Log the rows in parts, each as a model of its own.")
  }

  package func encoded() throws -> [UInt8] {
    try Self.requireCountable(rows: max(rows, rowsPerBlock), at: "an intermediate's manifest")
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var writer = ByteWriter()
    writer.write(ManifestTag.intermediate.rawValue)
    for json in [try encoder.encode(schema), try encoder.encode(scheme)] {
      writer.writeVariable(json.count)
      writer.write(bytes: json)
    }
    writer.writeVariable(rows)
    writer.writeVariable(rowsPerBlock)
    var references = spans
    if let codebook { references.insert(codebook, at: 0) }
    switch rowIDs {
    case .range(let start):
      writer.write(UInt8(0))
      writer.write(start)
    case .column(let reference):
      writer.write(UInt8(1))
      references.insert(reference, at: 0)
    }
    writer.write(UInt8(codebook == nil ? 0 : 1))
    PartitionTable.write(references, to: &writer)
    return writer.bytes
  }

  package init(decoding bytes: some Collection<UInt8>, place: String) throws {
    var reader = ByteReader(Array(bytes), place: place)
    guard try reader.read(UInt8.self) == ManifestTag.intermediate.rawValue else {
      throw reader.malformed("an intermediate's manifest was expected")
    }
    schema = try Self.json(IntermediateSchema.self, "schema", from: &reader)
    guard schema.isSound else { throw reader.malformed("the schema of an intermediate has impossible dimensions") }
    if case .columns(let columns) = schema, let name = columns.map(\.name).firstRepeatedName {
      throw reader.malformed("two columns of the schema are called \(name)")
    }
    scheme = try Self.json(QuantizationScheme.self, "scheme", from: &reader)
    rows = try reader.readVariable()
    rowsPerBlock = try reader.readVariable()
    let kind = try reader.read(UInt8.self)
    let start: Int64? = kind == 0 ? try reader.read() : nil
    let hasCodebook = try reader.read(UInt8.self)
    guard !(start?.addingReportingOverflow(Int64(rows)).overflow ?? false) else {
      throw reader.malformed("\(rows) row ids from \(start ?? 0) on are more than there are numbers")
    }
    guard kind <= 1, hasCodebook <= 1 else { throw reader.malformed("row ids of kind \(kind), codebook \(hasCodebook) are unknown") }
    var references = try PartitionTable.read(from: &reader)[...]
    guard references.count >= Int(kind) + Int(hasCodebook) else {
      throw reader.malformed("the column of row ids or the codebook is missing")
    }
    rowIDs = start.map { .range(start: $0) } ?? .column(references.removeFirst())
    codebook = hasCodebook == 1 ? references.removeFirst() : nil
    spans = Array(references)
    try reader.expectEnd()
    guard spans.count == schema.spanCount, rowsPerBlock > 0 else {
      throw reader.malformed("\(spans.count) manifests for \(schema.spanCount) column spans")
    }
  }
  private static func json<Value: Decodable>(_: Value.Type, _ what: String, from reader: inout ByteReader) throws -> Value {
    let json = try reader.readBytes(try reader.readVariable(limit: reader.remaining))
    do {
      return try JSONDecoder().decode(Value.self, from: Data(json))
    } catch {
      throw reader.malformed("the \(what) of an intermediate cannot be read (\(error))")
    }
  }
}
