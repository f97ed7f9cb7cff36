/// Stores a pipeline's frame: column after column, so that a column's RowBlocks lie side by side.
///
/// Columns that a stage passed on are not stored: a reference to where they came from and what was done is. Nothing of them is hashed, compared or
/// encoded.
package struct DataFrameWriter {
  /// Source rows that may be read for one picked row. Where few rows are picked out of many, storing them costs little and reading them from
  /// their source costs much: 90,275 sold homes out of 2,985,217 are stored, and so is a test part of a fifth.
  private static let mostSourceRows = 2

  private let frame: DataFrame
  private let sink: ChunkSink
  private let rowsPerBlock: Int
  private var rows: Int { frame.rowCount }
  /// Lists of rows that are stored, once for all columns of the frame.
  /// Held with them, so that their identity stays theirs.
  private var lists: [ObjectIdentifier: (list: RowList, span: StoredSpan)] = [:]

  private init(_ frame: DataFrame, to sink: ChunkSink) {
    self.frame = frame
    self.sink = sink.forTable(columns: frame.columns.count)
    rowsPerBlock = sink.writer.store.options.rowsPerBlock(ofTable: frame.rowCount)
  }

  /// Stores a whole frame.
  ///
  /// - Parameter passedOn: columns, by their number, that came from a column of a frame that was stored before, and how.
  package static func store(_ frame: DataFrame, passedOn: [Int: PassedOn] = [:], to sink: ChunkSink) throws -> StoredFrame {
    var writer = DataFrameWriter(frame, to: sink)
    let columns = try frame.columns.enumerated().map { place, column in
      if let passed = passedOn[place], let referred = try writer.refer(to: passed, column) { return referred }
      return try writer.store(column, place)
    }
    return StoredFrame(
      schema: frame.schema, rowIDs: frame.rowIDs, scheme: sink.options.scheme, rowsPerBlock: writer.rowsPerBlock, columns: columns)
  }

  /// Stores what a frame needs beside its columns: the row ids and the codebooks.
  package static func finish(_ frame: StoredFrame, to sink: ChunkSink) throws -> FinishedIntermediate {
    let idSpan = try sink.storeRowIDs(frame.rowIDs)
    var quantizing: [Int: Quantizing] = [:]
    for (place, column) in frame.columns.enumerated() { quantizing[place] = column.quantizing }
    return FinishedIntermediate(
      schema: frame.schema, scheme: frame.scheme, rows: frame.rows, rowsPerBlock: frame.rowsPerBlock,
      logicalBytes: frame.columns.reduce(0) { $0 + ($1.logicalBytes ?? 0) }, newBytes: frame.columns.reduce(0) { $0 + $1.newBytes },
      rowIDs: frame.rowIDs, rowIDSpan: idSpan, codebook: try sink.storeCodebook(quantizing), spans: frame.columns.map(\.content))
  }

  // MARK: Storing

  private func store(_ column: Column, _ place: Int) throws -> StoredColumn {
    guard sink.options.derivesColumns, sink.options.similarity != nil, sink.options.scheme.values == .full,
      let decimals = DecimalColumns.decimals(of: column)
    else { return try storeChunks(of: column, place) }
    if let difference = try storeDifference(decimals, column, place) { return difference }
    let stored = try storeChunks(of: column, place)
    sink.writer.decimals.insert(decimals, type: column.type, origin: stored.derivation!)
    return stored
  }

  private func storeChunks(of column: Column, _ place: Int) throws -> StoredColumn {
    var quantizing: Quantizing?
    if sink.options.scheme.values != .full, sink.options.scheme.values.applies(to: column.type), rows > 0 {
      quantizing = try fitted(to: column).map { Quantizing($0) }
    }
    var (chunks, statistics): ([ChunkLocation], [ChunkStatistics]) = ([], [])
    var bytes = (logical: 0, stored: 0, new: 0)
    for start in stride(from: 0, to: rows, by: rowsPerBlock) {
      let range = start..<min(start + rowsPerBlock, rows)
      let whole = try ColumnChunk(column, rows: range, number: place)
      let chunk = Self.encoded(whole, column: place, &quantizing) ?? whole
      let stored = try sink.store(chunk)
      chunks.append(stored.location)
      statistics.append(ChunkStatistics(column, rows: range))
      bytes.logical += whole.payload.count
      bytes.stored += chunk.payload.count
      if stored.isNew { bytes.new += chunk.payload.count }
    }
    let span = StoredSpan(
      type: column.type, width: 1, rows: rows, rowsPerBlock: rowsPerBlock, chunks: chunks, statistics: statistics)
    return StoredColumn(
      content: .stored(span), quantizing: quantizing, logicalBytes: bytes.logical, storedBytes: bytes.stored, newBytes: bytes.new)
  }

  /// The chunk as codes, or rounded, after its validity; `nil` when it is stored as it is.
  private static func encoded(_ chunk: ColumnChunk, column: Int, _ quantizing: inout Quantizing?) -> ColumnChunk? {
    guard var state = quantizing else { return nil }
    let format = state.quantizer.codeFormat
    let (rows, prefix) = (chunk.shape.rows, chunk.shape.validityBytes)
    let payload = ByteBuffer(count: prefix + format.byteCount(rows: rows, width: 1))
    let isEncoded = chunk.payload.withBytes { source in
      payload.withMutableBytes { target in
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<prefix]))
        let (values, codes) = (source.baseAddress! + prefix, target.baseAddress! + prefix)
        return state.quantizer.type == .float64
          ? state.encoder.encode(values.assumingMemoryBound(to: Double.self), count: rows, into: codes, extrema: &state.extrema)
          : state.encoder.encode(
            values.assumingMemoryBound(to: Float.self), rowStride: 1, chunk: CodedChunk(rows: rows, columns: 0..<1), into: codes,
            extrema: &state.extrema)
      }
    }
    guard isEncoded else { return rounded(chunk, column: column, state.quantizer) }
    quantizing = state
    let shape = ColumnChunkShape(type: StoredType(format), rows: rows, hasValidity: chunk.shape.hasValidity)
    return ColumnChunk(shape: shape, payload: BufferSlice(payload), codebook: state.identity, column: column)
  }

  /// The chunk as a bounded scheme stores it where one of its values has no code.
  private static func rounded(_ chunk: ColumnChunk, column: Int, _ quantizer: FittedQuantizer) -> ColumnChunk? {
    guard quantizer.rounds else { return nil }
    let (rows, prefix) = (chunk.shape.rows, chunk.shape.validityBytes)
    let payload = ByteBuffer(count: chunk.payload.count)
    chunk.payload.withBytes { source in
      payload.withMutableBytes { target in
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<prefix]))
        let (values, rounded) = (source.baseAddress! + prefix, target.baseAddress! + prefix)
        if quantizer.type == .float64 {
          quantizer.round(values.assumingMemoryBound(to: Double.self), count: rows, into: rounded.assumingMemoryBound(to: Double.self))
        } else {
          quantizer.round(
            values.assumingMemoryBound(to: Float.self), rows: rows, columns: 0..<1, into: rounded.assumingMemoryBound(to: Float.self))
        }
      }
    }
    return ColumnChunk(shape: chunk.shape, payload: BufferSlice(payload), column: column)
  }

  /// The quantizer fitted to what is present in a column, RowBlocks with a NaN left out: they are stored in full, and what is not encoded has no say
  /// in what codes stand for. `nil` when nothing is left.
  private func fitted(to column: Column) throws -> FittedQuantizer? {
    func sample<Value: BinaryFloatingPoint>(_ values: [Value]) -> [Value] {
      var sample: [Value] = []
      sample.reserveCapacity(rows)
      for start in stride(from: 0, to: rows, by: rowsPerBlock) {
        let present = (start..<min(start + rowsPerBlock, rows)).lazy.filter { column.isPresent($0) }.map { values[$0] }
        if !present.contains(where: \.isNaN) { sample.append(contentsOf: present) }
      }
      return sample
    }
    let scheme = sink.options.scheme.values
    switch column.values {
    case .float32(let values): return try sample(values).withUnsafeBufferPointer { try scheme.fitted(column: $0) }
    case .float64(let values): return try sample(values).withUnsafeBufferPointer { try scheme.fitted(column: $0) }
    default: preconditionFailure("\(column.type) is not quantized")
    }
  }

  // MARK: Referring

  /// Refers to what `passed` names; `nil` when the column has to be stored, because that is not worth it or the store cannot.
  private mutating func refer(to passed: PassedOn, _ column: Column) throws -> StoredColumn? {
    let (other, source) = (passed.source, passed.source.columns[passed.column])
    guard sink.options.deduplicates, sink.options.derivesColumns, other.type(of: passed.column) == column.type else { return nil }
    if case .unchanged = passed.operation {
      guard other.rows == rows, other.rowsPerBlock == rowsPerBlock, other.scheme == sink.options.scheme else { return nil }
      let bytes = source.logicalBytes ?? column.payloadBytes(rowsPerBlock: rowsPerBlock)
      return referring(source.content, source.quantizing, logical: bytes, stored: source.storedBytes ?? bytes)
    }
    guard other.scheme.values == .full, let base = source.derivation else { return nil }
    let operation: Derivation<StoredSpan>.Operation
    switch passed.operation {
    case .unchanged: preconditionFailure("returned above")
    case .rows(let list):
      guard list.rows.count == rows, list.rows.count * Self.mostSourceRows >= base.source.rows else { return nil }
      operation = .rows(try stored(list), count: list.rows.count)
    case .filled(let constant):
      guard other.rows == rows else { return nil }
      operation = .filled(try ColumnChunk(constant, rows: 0..<1).payload.array)
    }
    let bytes = column.payloadBytes(rowsPerBlock: rowsPerBlock)
    return referring(.derived(base.then(operation)), logical: bytes, stored: bytes)
  }

  /// The rows of a list, which are nobody's chunks.
  private mutating func stored(_ list: RowList) throws -> StoredSpan {
    if let known = lists[ObjectIdentifier(list)] { return known.span }
    let span = try sink.writer.uncounted { try sink.storeIntegers(list.rows.map(Int64.init)) }
    lists[ObjectIdentifier(list)] = (list, span)
    return span
  }

  private func referring(
    _ content: ColumnContent<StoredSpan>, _ quantizing: Quantizing? = nil, logical: Int, stored: Int, isPassed: Bool = true
  ) -> StoredColumn {
    sink.writer.countReferred(chunks: (rows + rowsPerBlock - 1) / rowsPerBlock, bytes: stored, isPassed: isPassed)
    return StoredColumn(content: content, quantizing: quantizing, logicalBytes: logical, storedBytes: stored)
  }

  /// Stores a column as what it differs by from one that it is nearly equal to; `nil` when there is none.
  private func storeDifference(_ decimals: DecimalColumns.Decimals, _ column: Column, _ place: Int) throws -> StoredColumn? {
    guard let closest = sink.writer.decimals.closest(to: decimals, type: column.type) else { return nil }
    let differences = zip(decimals.values, closest.decimals.values).map { Int64($0) - Int64($1) }
    let logical = column.payloadBytes(rowsPerBlock: rowsPerBlock)
    guard differences.contains(where: { $0 != 0 }) else {
      // Equal to a column that may have no chunks of its own, which hashes would not find.
      let origin = closest.origin
      let content: ColumnContent<StoredSpan> = origin.operations.isEmpty ? .stored(origin.source) : .derived(origin)
      return referring(content, logical: logical, stored: logical, isPassed: false)
    }
    let added = try sink.storeIntegers(differences, number: place, rowsPerBlock: rowsPerBlock)
    let origin = closest.origin.then(.plus(added.span, digits: decimals.digits))
    sink.writer.decimals.insert(decimals, type: column.type, origin: origin)
    // Either all of it is new or, where a chunk of differences was there before, none counts.
    let isNew = added.newBytes == 8 * rows
    return StoredColumn(content: .derived(origin), logicalBytes: logical, storedBytes: 8 * rows, newBytes: isNew ? 8 * rows : 0)
  }
}

extension DataFrame {
  /// The names and types of its columns.
  package var schema: IntermediateSchema { .columns(zip(names, columns).map { .init(name: $0, type: $1.type) }) }
}
