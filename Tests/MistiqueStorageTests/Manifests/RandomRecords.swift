import TestSupport

@testable import MistiqueStorage

/// Records of the store drawn at random: every one is well formed.
enum RandomRecords {
  static func reference(_ random: inout SeededRandom) -> ChunkReference {
    // Few partitions, so that tables of them are shared.
    let partition = random.next() % 4
    return ChunkReference(partition: PartitionID(Fingerprint(low: partition, high: partition &* 77)), index: Int(random.next() % 300))
  }

  private static func references(_ count: Int, _ random: inout SeededRandom) -> [ChunkReference] {
    (0..<count).map { _ in reference(&random) }
  }

  static func intermediate(_ random: inout SeededRandom) -> IntermediateManifest {
    func number(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    let schema: IntermediateSchema =
      number(2) == 0
      ? .maps(channels: number(9), height: 1 + number(4), width: 1 + number(4))
      : .columns((0..<number(6)).map { .init(name: "c\($0)é", type: ColumnType.allCases[number(UInt64(ColumnType.allCases.count))]) })
    let schemes: [QuantizationScheme] = [
      .none, .kbit(3), .kbit(8, per: .channel), .threshold(0.5), .lp16, .pool(2).then(.kbit(4)), .poolWholeMap,
      .bound(.relative(0.2)), .pool(2).then(.bound(.absolute(0.1), per: .channel)),
      .ladder(.relative(0.1)), QuantizationScheme(values: .ladder(error: .absolute(0.2), rungs: .base)),
    ]
    let scheme = schemes[number(UInt64(schemes.count))]
    return IntermediateManifest(
      schema: schema, scheme: scheme, rows: number(5000), rowsPerBlock: 1 + number(1000),
      rowIDs: number(2) == 0 ? .range(start: Int64(number(1000)) - 500) : .column(reference(&random)),
      codebook: number(2) == 0 ? nil : reference(&random), spans: references(schema.spanCount, &random))
  }

  static func column(_ random: inout SeededRandom) -> ColumnManifest {
    func number(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    let (rows, rowsPerBlock) = (number(500), 1 + number(100))
    let chunks = references((rows + rowsPerBlock - 1) / rowsPerBlock, &random)
    return ColumnManifest(
      type: ColumnType.allCases[number(UInt64(ColumnType.allCases.count))], width: 1 + number(16), rows: rows, rowsPerBlock: rowsPerBlock,
      chunks: chunks,
      statistics: chunks.map { _ in
        let low = Float(random.unit() * 10 - 5)
        return ChunkStatistics(lowest: low, highest: low + Float(random.unit()), missing: number(3), hasNaN: number(2) == 0)
      })
  }

  static func derived(_ random: inout SeededRandom) -> DerivedColumn {
    func number(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    var operations: [DerivedColumn.Operation] = []
    let rows = number(5000)
    for _ in 0...number(2) { operations.append(number(2) == 0 ? .filled([1, 2, 3]) : .plus(reference(&random), digits: number(16))) }
    if number(2) == 0 { operations.append(.rows(reference(&random), count: rows)) }
    return DerivedColumn(
      type: ColumnType.allCases[number(UInt64(ColumnType.allCases.count))], rows: rows, source: reference(&random), operations: operations)
  }

  static func codebook(_ random: inout SeededRandom) throws -> CodebookRecord {
    func number(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    let schemes: [QuantizationScheme.Values] = [
      .kbit(1), .kbit(3), .kbit(8), .threshold(0.5), .kbit(2, per: .channel), .threshold(0.9, per: .column), .lowerPrecision(.float16),
      .bound(.relative(0.1)), .bound(.absolute(0.01), per: .channel), .ladder(.relative(0.3)),
    ]
    if number(2) == 0 {
      let schema = IntermediateSchema.maps(channels: 1 + number(3), height: 1 + number(2), width: 1 + number(2))
      let sample = (0..<4 * schema.columnCount).map { _ in Float(random.unit() * 4 - 2) }
      let quantizer = try schemes[number(UInt64(schemes.count))].fitted(sample: sample, rows: 4, schema: schema)!  // of finite numbers
      return CodebookRecord(entries: [.init(column: 0, quantizer: quantizer, extrema: EncodedExtrema(for: quantizer))])
    }
    return CodebookRecord(
      entries: try (0..<number(4)).map { column in
        let sample = (0..<9).map { _ in random.unit() * 4 - 2 }
        let quantizer = try sample.withUnsafeBufferPointer { try schemes[number(UInt64(schemes.count))].fitted(column: $0)! }
        return .init(column: column, quantizer: quantizer, extrema: EncodedExtrema(for: quantizer))
      })
  }
}
