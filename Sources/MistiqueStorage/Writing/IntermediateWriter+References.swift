/// Where a column came from: a column of an intermediate that is being stored, and what a stage did to it.
package struct PassedOn {
  package let source: IntermediateWriter
  package let column: Int
  package let operation: ColumnOperation

  package init(source: IntermediateWriter, column: Int, operation: ColumnOperation) {
    self.source = source
    self.column = column
    self.operation = operation
  }
}

/// Columns that a stage passed on are not stored: a reference to where they came from and what was done is. Nothing is hashed, compared or encoded.
extension IntermediateWriter {
  /// Source rows that may be read for one picked row. Where few rows are picked out of many, storing them costs little and reading them from
  /// their source costs much: 90,275 sold homes out of 2,985,217 are stored, and so is a test part of a fifth.
  private static let mostSourceRows = 2

  /// Refers to what `passed` names, if it is worth it and the store can.
  /// - Returns: false when the column has to be stored.
  func refer(_ run: Int, _ passed: PassedOn, _ column: Column) throws -> Bool {
    let (other, otherRun) = (passed.source, passed.column)
    guard options.deduplicates, other.writer === writer, other.runs[otherRun].type == runs[run].type else { return false }
    switch passed.operation {
    case .unchanged: return share(run, of: other, otherRun)
    case .rows(let list):
      guard list.rows.count == rows, let base = other.source(otherRun), list.rows.count * Self.mostSourceRows >= base.source.rows else {
        return false
      }
      derive(run, from: base, .rows(try stored(list)), column)
    case .filled(let constant):
      guard other.rows == rows, let base = other.source(otherRun) else { return false }
      let value = try ColumnChunk(constant, rows: 0..<1).payload.array
      derive(run, from: base, .filled(value), column)
    }
    return true
  }

  /// Whether `operation` can have been done to one of its columns: a picked row is there, a constant is one present value of the column's type.
  package func fits(_ operation: ColumnOperation, column: Int) -> Bool {
    guard case .columns = schema else { return false }
    switch operation {
    case .unchanged: return true
    case .rows(let list): return list.bounds.map { $0.lowerBound >= -1 && $0.upperBound < rows } ?? true
    case .filled(let constant): return constant.count == 1 && constant.validity == nil && constant.type == runs[column].type
    }
  }

  private func share(_ run: Int, of other: IntermediateWriter, _ otherRun: Int) -> Bool {
    guard other.rows == rows, other.rowsPerBlock == rowsPerBlock, other.options.scheme == options.scheme,
      let bytes = other.columnBytes[otherRun]
    else { return false }
    chunks[run] = other.chunks[otherRun]
    statistics[run] = other.statistics[otherRun]
    quantizing[run] = other.quantizing[otherRun]
    derived[run] = other.derived[otherRun]
    count(run, logical: bytes.logical, stored: bytes.stored)
    return true
  }

  /// Stores a column as what it differs by from one that it is nearly equal to, if there is one.
  /// - Returns: false when there is none.
  func storeDifference(_ run: Int, _ decimals: DecimalColumns.Decimals, _ column: Column) throws -> Bool {
    guard let closest = writer.decimals.closest(to: decimals, type: column.type) else { return false }
    let differences = zip(decimals.values, closest.decimals.values).map { Int64($0) - Int64($1) }
    guard differences.contains(where: { $0 != 0 }) else {
      // Equal to a column that may have no chunks of its own, which hashes would not find.
      if closest.run.operations.isEmpty {
        (chunks[run], statistics[run]) = (closest.run.source.chunks, closest.run.source.statistics)
      } else {
        derived[run] = closest.run
      }
      let bytes = column.payloadBytes(rowsPerBlock: rowsPerBlock)
      count(run, logical: bytes, stored: bytes, isPassed: false)
      return true
    }
    let raw = writer.counters.duplicateBytes
    let added = try storeIntegers(differences, number: run, rowsPerBlock: rowsPerBlock) { try store($0) }
    let result = DerivedRun(source: closest.run.source, operations: closest.run.operations + [.plus(added, digits: decimals.digits)])
    derived[run] = result
    let logical = column.payloadBytes(rowsPerBlock: rowsPerBlock)
    logicalBytes += logical
    columnBytes[run] = (logical, 8 * rows)
    if writer.counters.duplicateBytes == raw { newBytes += 8 * rows }
    writer.decimals.insert(decimals, type: column.type, run: result)
    return true
  }

  /// What a column follows from: itself where it is stored as it is.
  func source(_ run: Int) -> DerivedRun? {
    guard options.scheme.values == .full else { return nil }
    if let derived = derived[run] { return derived.operations.count < DerivedColumn.mostOperations ? derived : nil }
    return DerivedRun(source: storedRun(run), operations: [])
  }

  private func derive(_ run: Int, from base: DerivedRun, _ operation: DerivedRun.Operation, _ column: Column) {
    derived[run] = DerivedRun(source: base.source, operations: base.operations + [operation])
    let bytes = column.payloadBytes(rowsPerBlock: rowsPerBlock)
    count(run, logical: bytes, stored: bytes)
  }

  private func count(_ run: Int, logical: Int, stored: Int, isPassed: Bool = true) {
    columnBytes[run] = (logical, stored)
    logicalBytes += logical
    writer.countReferred(chunks: (rows + rowsPerBlock - 1) / rowsPerBlock, bytes: stored, isPassed: isPassed)
  }

  /// The column of a list's rows, stored once for all columns of the frame.
  private func stored(_ list: RowList) throws -> StoredRun {
    if let known = rowLists[ObjectIdentifier(list)] { return known.run }
    let counters = writer.counters
    let run = try storeIntegers(list.rows.map(Int64.init))
    writer.restore(counters)
    rowLists[ObjectIdentifier(list)] = (list, run)
    return run
  }
}
