import TestSupport
import Testing

@testable import MistiqueStorage

/// Quantization on the whole way: handed in, stored, read back.
@Suite struct QuantizedStoreTests {
  static let schema = IntermediateSchema.maps(channels: 6, height: 5, width: 4)
  static let rows = 230
  static let schemes: [QuantizationScheme] = [
    .lp16, .lp32, .kbit(8), .kbit(5), .kbit(3), .kbit(1), .threshold(), .threshold(0.5, per: .channel), .kbit(8, per: .channel),
    .kbit(4, per: .column), .pool(2), .pool(3, .maximum), .poolWholeMap, .pool(2).then(.kbit(8)),
    .poolWholeMap.then(.lowerPrecision(.float16)), .bound(.relative(0.2)), .bound(.absolute(0.05), per: .channel),
    .bound(.relative(0.001)), .bound(.relative(0.1), per: .column), .pool(2).then(.bound(.relative(0.3))),
  ]

  /// What is stored before values are quantized: pooled, if the scheme pools.
  static func pooled(_ values: [Float], _ scheme: QuantizationScheme) -> FloatMatrix {
    let columns = scheme.pooledSchema(of: schema).columnCount
    return FloatMatrix(rows: rows, columns: columns) { target in
      guard let pooling = scheme.pooling else { return _ = target.update(from: values) }
      pooling.pool(values, rows: rows, schema: schema, into: target.baseAddress!)
    }
  }

  static func bounds(_ fixture: StoreFixture, _ manifest: IntermediateManifest) throws -> (lower: FloatMatrix, upper: FloatMatrix) {
    let columns = manifest.schema.columnCount
    var upper: FloatMatrix?
    let lower = try FloatMatrix(rows: rows, columns: columns) { lower in
      upper = try FloatMatrix(rows: rows, columns: columns) { upper in
        try fixture.store.readBounds(
          fixture.store.plan(manifest, columns: [0..<columns], rows: .all), into: (lower, upper), counters: ReadCounters())
      }
    }
    return (lower, upper!)
  }

  @Test("Values come back within the bounds that the store gives for them, in full where they were", arguments: schemes)
  func valuesWithinBounds(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let values = activations(Self.rows * 120, seed: 11)
    let commit = try fixture.write(values, schema: Self.schema, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(manifest.scheme == scheme && manifest.schema == scheme.pooledSchema(of: Self.schema))
    let columns = manifest.schema.columnCount
    let read = try fixture.read(manifest, [0..<columns], .all)
    let expected = Self.pooled(values, scheme)
    if scheme.values == .full || scheme == .lp32 { #expect(read.isIdentical(to: expected)) }
    let (lower, upper) = try Self.bounds(fixture, manifest)
    for row in 0..<Self.rows {
      for column in 0..<columns {
        let (value, low, high) = (expected[row, column], lower[row, column], upper[row, column])
        #expect(low <= value && value <= high, "\(scheme): \(value) outside \(low)...\(high)")
        #expect(low <= read[row, column] && read[row, column] <= high, "\(scheme): read \(read[row, column]) outside \(low)...\(high)")
      }
    }
  }

  @Test("Some rows and columns, in either layout, are those of the whole", arguments: schemes)
  func parts(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture {
      $0.rowsPerBlock = 64
      $0.layout.slicedFrameBytes = 256
    }
    let commit = try fixture.write(
      activations(Self.rows * 120, seed: 12), schema: Self.schema, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let count = manifest.schema.columnCount
    let whole = try fixture.read(manifest, [0..<count], .all)
    let columns = count > 4 ? [1..<3, count - 2..<count] : [0..<count]
    let rows = [0, 1, 2, 63, 64, 100, 101, 229]
    let asked = columns.flatMap { Array($0) }
    let part = try fixture.read(manifest, columns, .positions(rows))
    let turned = try FloatMatrix(rows: asked.count, columns: rows.count) {
      try fixture.store.readMaps(
        manifest, columns: columns, rows: .positions(rows), into: $0, layout: .columnMajor, counters: ReadCounters())
    }
    for (place, row) in rows.enumerated() {
      for (index, column) in asked.enumerated() {
        #expect(part[place, index].bitPattern == whole[row, column].bitPattern)
        #expect(turned[index, place].bitPattern == whole[row, column].bitPattern)
      }
    }
  }

  @Test("Codes are what the values are reconstructed from; a scheme without codes says so")
  func codes() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    for scheme in [QuantizationScheme.kbit(3), .threshold(0.9), .pool(2).then(.kbit(8)), .bound(.relative(0.1))] {
      let commit = try fixture.write(activations(Self.rows * 120, seed: 13), schema: Self.schema, writer: writer, scheme: scheme)
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let columns = manifest.schema.columnCount
      var codes = [UInt8](repeating: 0, count: Self.rows * columns)
      try codes.withUnsafeMutableBufferPointer {
        try fixture.store.readCodes(fixture.store.plan(manifest, columns: [0..<columns], rows: .all), into: $0, counters: ReadCounters())
      }
      let table = try fixture.store.codebook(of: manifest).entries[0].quantizer.representatives(column: 0)
      let values = try fixture.read(manifest, [0..<columns], .all)
      #expect(
        (0..<Self.rows).allSatisfy { row in (0..<columns).allSatisfy { Float(table[Int(codes[row * columns + $0])]) == values[row, $0] } })
    }
    let plain = try fixture.write(activations(Self.rows * 120, seed: 13), schema: Self.schema, writer: writer)
    let manifest = try fixture.store.manifest(plain.intermediates[0])
    var codes = [UInt8](repeating: 0, count: Self.rows * 120)
    #expect {
      try codes.withUnsafeMutableBufferPointer {
        try fixture.store.readCodes(fixture.store.plan(manifest, columns: [0..<120], rows: .all), into: $0, counters: ReadCounters())
      }
    } throws: {
      ($0 as? StoreError)?.code == .invalid && "\($0)".contains("KBIT_QT")
    }
  }

  @Test(
    "A RowBlock with a value that the scheme cannot represent is stored in full",
    arguments: [QuantizationScheme.kbit(8), .threshold(), .lp16])
  func unrepresentable(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 50 }
    var values = activations(Self.rows * 120, seed: 14)
    let odd = scheme == .lp16 ? Float(1e6) : .nan
    values[120 * 120 + 7] = odd  // row 120 lies in the third RowBlock, column 7 in its first run
    let commit = try fixture.write(values, schema: Self.schema, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let read = try fixture.read(manifest, [0..<20], .all)
    for row in 100..<150 {
      for column in 0..<20 { #expect(read[row, column].bitPattern == values[row * 120 + column].bitPattern) }
    }
    #expect((0..<50).contains { row in (0..<20).contains { read[row, $0] != values[row * 120 + $0] } }, "other blocks are quantized")
    let (lower, _) = try Self.bounds(fixture, manifest)
    #expect(lower[120, 7].bitPattern == odd.bitPattern)
  }

  @Test("Equal codes under another codebook are another chunk; equal values under the same scheme are stored once")
  func codebooksTellApart() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let values = activations(Self.rows * 120, seed: 15)
    let doubled = values.map { $0 * 2 }
    let first = try fixture.write(values, schema: Self.schema, writer: writer, scheme: .kbit(8))
    let other = try fixture.write(doubled, schema: Self.schema, writer: writer, scheme: .kbit(8))
    let again = try fixture.write(values, schema: Self.schema, writer: writer, scheme: .kbit(8))
    #expect(first.counters.duplicateChunks == 0 && other.counters.duplicateChunks == 0)
    #expect(again.intermediates == first.intermediates)
  }

  @Test(
    "Columns of a frame are quantized where they are floating-point numbers, and gaps stay gaps",
    arguments: [
      QuantizationScheme.lp16, .lp32, .kbit(8), .kbit(3), .threshold(0.9), .bound(.absolute(0.06)),
    ])
  func frames(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 70 }
    var validity = Validity(count: Self.rows, present: true)
    for row in stride(from: 0, to: Self.rows, by: 4) { validity[row] = false }
    let doubles = (0..<Self.rows).map { Double($0 % 97) * 0.1 - 3 }
    var withNaN = doubles
    withNaN[10] = .nan
    let frame = DataFrame(
      rowIDs: .first(Self.rows),
      columns: [
        ("double", Column(.float64(doubles))), ("gaps", Column(.float64(doubles), validity: validity)), ("NaN", Column(.float64(withNaN))),
        ("float", Column(.float32(doubles.map { Float($0) }), validity: validity)),
        ("int", Column(.int64((0..<230).map { $0 * 1_000_003 }))),
        ("text", Column(.text(TextValues((0..<Self.rows).map { "home \($0)" })))),
      ])
    let commit = try fixture.write(frame, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let columns = try fixture.store.readColumns(manifest, columns: Array(0..<6), rows: .all, counters: ReadCounters())
    #expect(columns[4].isIdentical(to: frame.columns[4]) && columns[5].isIdentical(to: frame.columns[5]))
    for place in 0..<4 {
      let (read, was) = (columns[place], frame.columns[place])
      #expect(read.type == was.type && read.validity == was.validity, "\(frame.names[place])")
      let tolerance = scheme == .lp32 ? 1e-6 : scheme == .lp16 ? 0.01 : scheme == .kbit(8) || scheme.values.boundsErrors ? 0.06 : 10
      for row in 0..<Self.rows where was.isPresent(row) && !was.doubles![row].isNaN {
        #expect(abs(read.doubles![row] - was.doubles![row]) <= tolerance, "\(scheme) \(frame.names[place]) row \(row)")
      }
    }
    #expect(columns[2].doubles![10].isNaN)
  }
}
