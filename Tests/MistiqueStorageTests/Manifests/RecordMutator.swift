import TestSupport

@testable import MistiqueStorage

/// Records of the store that are well formed and lie: manifests and codebooks with something in them that is of another intermediate.
enum RecordMutator {
  /// `bytes` as the record they are, with one thing changed; `nil` for records that are neither manifest nor codebook.
  static func lie(_ bytes: [UInt8], _ random: inout SeededRandom) -> (bytes: [UInt8], change: String)? {
    if let manifest = try? IntermediateManifest(decoding: bytes, place: "lie") { return lie(manifest, &random) }
    if let manifest = try? ColumnManifest(decoding: bytes, place: "lie") { return lie(manifest, &random) }
    if let column = try? DerivedColumn(decoding: bytes, place: "lie") { return lie(column, &random) }
    if let record = try? CodebookRecord(decoding: bytes, place: "lie"), !record.entries.isEmpty { return lie(record, &random) }
    return nil
  }

  private static func number(_ value: Int, _ random: inout SeededRandom) -> Int {
    [0, 1, value + 1, max(0, value - 1), value * 2, value / 2, Int(Int32.max)][Int(random.next() % 7)]
  }

  private static func lie(_ manifest: IntermediateManifest, _ random: inout SeededRandom) -> (bytes: [UInt8], change: String)? {
    var (schema, rows, rowsPerBlock) = (manifest.schema, manifest.rows, manifest.rowsPerBlock)
    var (rowIDs, codebook, runs) = (manifest.rowIDs, manifest.codebook, manifest.spans)
    let change: String
    switch random.next() % 8 {
    case 0:
      rows = number(rows, &random)
      change = "\(rows) rows"
    case 1:
      rowsPerBlock = max(1, number(rowsPerBlock, &random))
      change = "\(rowsPerBlock) rows per RowBlock"
    case 2:
      rowIDs = .range(start: [Int64.max, .min, .max - 5, 0][Int(random.next() % 4)])
      change = "row ids \(rowIDs)"
    case 3:
      codebook = codebook == nil ? runs.first : nil
      change = codebook == nil ? "no codebook" : "a manifest for a codebook"
    case 4:
      runs.shuffle(using: &random)
      change = "column spans shuffled"
    case 5:
      if let first = runs.first { runs = runs.map { _ in first } }
      change = "all column spans the first"
    case 6:
      rowIDs = runs.first.map { .column($0) } ?? rowIDs
      change = "a column span for row ids"
    default:
      schema = other(than: schema, &random)
      change = "schema \(schema)"
    }
    let lie = IntermediateManifest(
      schema: schema, scheme: manifest.scheme, rows: rows, rowsPerBlock: rowsPerBlock, rowIDs: rowIDs, codebook: codebook, spans: runs)
    return (try? lie.encoded()).map { ($0, change) }
  }

  private static func other(than schema: IntermediateSchema, _ random: inout SeededRandom) -> IntermediateSchema {
    switch schema {
    case .maps(let channels, let height, let width):
      switch random.next() % 4 {
      case 0: .maps(channels: channels, height: width, width: height)
      case 1: .maps(channels: channels * height * width, height: 1, width: 1)
      case 2: .maps(channels: number(channels, &random), height: height, width: width)
      default: .columns((0..<channels).map { .init(name: "c\($0)", type: .float32) })
      }
    case .columns(let descriptors):
      if random.next() % 4 == 0 {
        .maps(channels: descriptors.count, height: 4, width: 4)
      } else {
        .columns(descriptors.map { .init(name: $0.name, type: random.next() % 3 == 0 ? .text : $0.type) })
      }
    }
  }

  private static func lie(_ manifest: ColumnManifest, _ random: inout SeededRandom) -> (bytes: [UInt8], change: String)? {
    var (type, width, rows, rowsPerBlock) = (manifest.type, manifest.width, manifest.rows, manifest.rowsPerBlock)
    var chunks = manifest.chunks
    let change: String
    switch random.next() % 6 {
    case 0:
      type = ColumnType.allCases.randomElement(using: &random)!
      change = "type \(type)"
    case 1:
      width = number(width, &random)
      change = "width \(width)"
    case 2:
      rows = number(rows, &random)
      change = "\(rows) rows"
    case 3:
      rowsPerBlock = max(1, number(rowsPerBlock, &random))
      change = "\(rowsPerBlock) rows per RowBlock"
    case 4:
      chunks.shuffle(using: &random)
      change = "chunks shuffled"
    default:
      chunks = chunks.map { ChunkReference(partition: $0.partition, index: max(0, $0.index + Int(random.next() % 5) - 2)) }
      change = "chunks of neighbours"
    }
    let lie = ColumnManifest(
      type: type, width: width, rows: rows, rowsPerBlock: rowsPerBlock, chunks: chunks, statistics: manifest.statistics)
    return (lie.encoded, change)
  }

  private static func lie(_ column: DerivedColumn, _ random: inout SeededRandom) -> (bytes: [UInt8], change: String)? {
    var (type, rows, source, operations) = (column.type, column.rows, column.source, column.operations)
    let place = Int(random.next() % UInt64(operations.count))
    func other(_ reference: ChunkReference) -> ChunkReference {
      let near = ChunkReference(partition: reference.partition, index: max(0, reference.index + Int(random.next() % 7) - 3))
      return (column.references + [near]).randomElement(using: &random)!
    }
    let change: String
    switch random.next() % 7 {
    case 0:
      type = ColumnType.allCases.randomElement(using: &random)!
      change = "derived column of type \(type)"
    case 1:
      rows = number(rows, &random)
      change = "\(rows) derived rows"
    case 2:
      source = other(source)
      change = "another source"
    case 3:
      operations.shuffle(using: &random)
      change = "operations shuffled"
    case 4:
      operations.insert(operations[place], at: place)
      change = "operation \(place) twice"
    default:
      switch operations[place] {
      case .rows(let list, let count):
        let isOther = random.next() % 2 == 0
        operations[place] = .rows(isOther ? other(list) : list, count: isOther ? count : number(count, &random))
      case .filled(let value): operations[place] = .filled(Array(value.dropLast(Int(random.next() % 2))) + [UInt8(random.next() % 256)])
      case .plus(let added, let digits): operations[place] = .plus(other(added), digits: number(digits, &random) % 16)
      }
      change = "another operation \(place)"
    }
    return (DerivedColumn(type: type, rows: rows, source: source, operations: operations).encoded, change)
  }

  /// Another scheme, other columns, or an entry that is somebody else's.
  private static func lie(_ record: CodebookRecord, _ random: inout SeededRandom) -> (bytes: [UInt8], change: String)? {
    let place = Int(random.next() % UInt64(record.entries.count))
    var entries = record.entries
    let old = entries[place]
    let columns = random.next() % 2 == 0 ? old.quantizer.columns : number(old.quantizer.columns, &random)
    let schemes: [QuantizationScheme.Values] = [
      .full, .lowerPrecision(.float32), .lowerPrecision(.float16), .kbit(1), .kbit(3), .kbit(8), .bound(.absolute(0.1)),
      .ladder(.absolute(0.1)),
    ]
    let values = schemes.randomElement(using: &random)!
    let perBook = max(1, columns)
    let quantizer: FittedQuantizer
    if values.bound != nil {
      let step = Double(Float(UniformGrid.step(ofError: 0.1)))
      let grids = columns == 0 ? [] : [UniformGrid(error: 0.1, step: step, lowest: 0)!]
      var books = Codebooks<Float>(bits: 8)
      for grid in grids { books.append(grid.bins(of: Float.self)) }
      quantizer = FittedQuantizer(
        values: values, type: .float32, columns: columns, columnsPerBook: perBook, books: .float32(books), grids: grids)
    } else if random.next() % 2 == 0 {
      let books = values.codeBits == nil ? FittedQuantizer.Books.none : .float32(books(values, columns == 0 ? 0 : 1))
      quantizer = FittedQuantizer(values: values, type: .float32, columns: columns, columnsPerBook: perBook, books: books)
    } else {
      let books = values.codeBits == nil ? FittedQuantizer.Books.none : .float64(books(values, columns == 0 ? 0 : 1))
      quantizer = FittedQuantizer(values: values, type: .float64, columns: columns, columnsPerBook: perBook, books: books)
    }
    entries[place] = .init(column: old.column, quantizer: quantizer, extrema: EncodedExtrema(for: quantizer))
    if random.next() % 4 == 0 { entries.shuffle(using: &random) }
    return (CodebookRecord(entries: entries).encoded, "codebook \(place): \(values) of \(columns) columns of \(quantizer.type)")
  }

  private static func books<Scalar: OrderedFloat>(_ values: QuantizationScheme.Values, _ count: Int) -> Codebooks<Scalar> {
    var books = Codebooks<Scalar>(bits: values.codeBits ?? 0)
    for _ in 0..<count { books.append(Bins(edges: [0.5], representatives: [0, 1])) }
    return books
  }
}
