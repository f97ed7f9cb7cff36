/// A fitted quantizer as it is kept beside an intermediate, little endian:
///
///     [1 version][1 scheme][1 type]
///     KBIT_QT:      [1 bits][1 granularity]
///     THRESHOLD_QT: [8 quantile, double][1 granularity]
///     BOUND_QT:     [1 relative: 0 or 1][8 bound as asked for, double][1 granularity]
///     ladder:       [1 relative: 0 or 1][8 bound as asked for, double]
///     [columns][columns that share a codebook]                        variable length
///     for each codebook: [1 bins - 1][edges][representatives]         values of the type, 4 or 8 bytes each; bins - 1 edges
///     for each codebook of BOUND_QT and of a ladder instead: [8 e, double][step, of the type][-lowest], the last of variable length
///
/// The version is 2 for BOUND_QT and 3 for a ladder, which earlier versions of the library do not know, and 1 for the others, whose bytes, and with them the identity of
/// codebooks, stay what they were.
///
/// A float32 codebook of 8 bits takes at most 2,044 bytes.
extension FittedQuantizer {
  private static let version: UInt8 = 3
  private static let boundVersion: UInt8 = 2

  private enum SchemeTag: UInt8 {
    case full = 0
    case float32 = 1
    case float16 = 2
    case kbit = 3
    case threshold = 4
    case bound = 5
    case ladder = 6
  }

  package var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(grids.isEmpty ? 1 : values.rungs == nil ? Self.boundVersion : Self.version)
    switch values {
    case .full: writer.write(SchemeTag.full.rawValue)
    case .lowerPrecision(.float32): writer.write(SchemeTag.float32.rawValue)
    case .lowerPrecision(.float16): writer.write(SchemeTag.float16.rawValue)
    case .kbit: writer.write(SchemeTag.kbit.rawValue)
    case .threshold: writer.write(SchemeTag.threshold.rawValue)
    case .bound: writer.write(SchemeTag.bound.rawValue)
    case .ladder: writer.write(SchemeTag.ladder.rawValue)
    }
    writer.write(type.rawValue)
    switch values {
    case .full, .lowerPrecision: break
    case .kbit(let bits, let granularity):
      writer.write(UInt8(bits))
      writer.write(granularity.tag)
    case .threshold(let quantile, let granularity):
      writer.write(quantile)
      writer.write(granularity.tag)
    case .bound(let error, let granularity):
      writer.write(error.isRelative ? 1 : 0 as UInt8)
      writer.write(error.number)
      writer.write(granularity.tag)
    case .ladder(let error, _):
      writer.write(error.isRelative ? 1 : 0 as UInt8)
      writer.write(error.number)
    }
    writer.writeVariable(columns)
    writer.writeVariable(columnsPerBook)
    guard grids.isEmpty else {
      for grid in grids { write(grid, to: &writer) }
      return writer.bytes
    }
    switch books {
    case .none: break
    case .float32(let books): Self.write(books, to: &writer) { $0.write($1.bitPattern) }
    case .float64(let books): Self.write(books, to: &writer) { $0.write($1.bitPattern) }
    }
    return writer.bytes
  }

  private static func write<Scalar: OrderedFloat>(
    _ books: Codebooks<Scalar>, to writer: inout ByteWriter, _ write: (inout ByteWriter, Scalar) -> Void
  ) {
    for book in 0..<books.count {
      let bins = books[book]
      writer.write(UInt8(bins.edges.count))
      for edge in bins.edges { write(&writer, edge) }
      for representative in bins.representatives { write(&writer, representative) }
    }
  }

  /// - Throws: `StoreError` with code `unsupportedVersion` for a newer version, `corrupt` for anything else that was never written.
  package init(decoding bytes: some Collection<UInt8>, place: String) throws {
    var reader = ByteReader(bytes, place: place)
    let version = try reader.read(UInt8.self)
    guard version <= Self.version else {
      throw StoreError(
        .unsupportedVersion, "the codebook has version \(version), this library reads up to \(Self.version)", at: place,
        remedy: "Use a newer version of the library.")
    }
    guard version > 0, let tag = SchemeTag(rawValue: try reader.read()) else {
      throw reader.malformed("a codebook is of an unknown scheme")
    }
    guard version == (tag == .bound ? Self.boundVersion : tag == .ladder ? Self.version : 1) else {
      throw reader.malformed("a codebook of scheme \(tag) has version \(version)")
    }
    guard let type = ColumnType(rawValue: try reader.read()), type == .float32 || type == .float64 else {
      throw reader.malformed("a codebook is for values that are never quantized")
    }
    let values = try Self.readScheme(tag, &reader)
    let columns = try reader.readVariable()
    let columnsPerBook = try reader.readVariable()
    guard columnsPerBook > 0 else { throw reader.malformed("a codebook serves no columns") }
    let bookCount = (columns + columnsPerBook - 1) / columnsPerBook
    guard bookCount > 0 || values.codeBits == nil else { throw reader.malformed("a codebook serves no columns") }
    if values.bound != nil {
      try self.init(bounded: values, type: type, columns: columns, columnsPerBook: columnsPerBook, bookCount: bookCount, &reader)
      try reader.expectEnd()
      return
    }
    var books = Books.none
    if values.codeBits != nil {
      if type == .float32 {
        books = .float32(try Self.readBooks(bookCount, of: values, &reader) { Float(bitPattern: try $0.read()) })
      } else {
        books = .float64(try Self.readBooks(bookCount, of: values, &reader) { Double(bitPattern: try $0.read()) })
      }
    }
    try reader.expectEnd()
    self.init(values: values, type: type, columns: columns, columnsPerBook: columnsPerBook, books: books)
  }

  private static func readScheme(_ tag: SchemeTag, _ reader: inout ByteReader) throws -> QuantizationScheme.Values {
    let values: QuantizationScheme.Values
    switch tag {
    case .full: return .full
    case .float32: return .lowerPrecision(.float32)
    case .float16: return .lowerPrecision(.float16)
    case .kbit:
      let bits = Int(try reader.read(UInt8.self))
      values = .kbit(bits: bits, granularity: try readGranularity(&reader))
    case .threshold:
      let quantile = try reader.readDouble()
      values = .threshold(quantile: quantile, granularity: try readGranularity(&reader))
    case .bound, .ladder:
      let kind = try reader.read(UInt8.self)
      guard kind <= 1 else { throw reader.malformed("a bound is of an unknown kind") }
      let error = try reader.readDouble()
      let bound = kind == 1 ? QuantizationScheme.ErrorBound.relative(error) : .absolute(error)
      values = tag == .ladder ? .ladder(bound) : .bound(error: bound, granularity: try readGranularity(&reader))
    }
    guard (try? values.validate()) != nil else { throw reader.malformed("\(values) is not a scheme") }
    return values
  }

  private static func readGranularity(_ reader: inout ByteReader) throws -> QuantizationScheme.Granularity {
    let tag = try reader.read(UInt8.self)
    guard let granularity = QuantizationScheme.Granularity.allCases.first(where: { $0.tag == tag }) else {
      throw reader.malformed("codebooks are shared in an unknown way")
    }
    return granularity
  }

  private static func readBooks<Scalar: OrderedFloat>(
    _ count: Int, of values: QuantizationScheme.Values, _ reader: inout ByteReader, _ read: (inout ByteReader) throws -> Scalar
  ) throws -> Codebooks<Scalar> {
    let bits = values.codeBits ?? 0
    let fewestEdges = if case .threshold = values { 1 } else { 0 }
    // The smallest codebook has 5 bytes: a count that cannot fit is refused before memory is taken for it.
    guard count <= reader.remaining / 5, count << bits <= Codebooks<Scalar>.largestEntryCount else {
      throw reader.malformed("\(count) codebooks of \(bits) bits do not fit their record")
    }
    var books = Codebooks<Scalar>(bits: bits)
    for _ in 0..<count {
      let edgeCount = Int(try reader.read(UInt8.self))
      guard edgeCount < books.stride, edgeCount >= fewestEdges else {
        throw reader.malformed("a codebook of \(bits) bits has \(edgeCount + 1) bins")
      }
      let bins = Bins(
        edges: try (0..<edgeCount).map { _ in try read(&reader) },
        representatives: try (0...edgeCount).map { _ in try read(&reader) })
      guard bins.isSound else { throw reader.malformed("the bins of a codebook are out of order") }
      books.append(bins)
    }
    return books
  }
}

extension Bins {
  /// Whether the edges ascend and every representative is a number in its bin.
  var isSound: Bool {
    guard !edges.contains(where: \.isNaN), zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else { return false }
    return representatives.indices.allSatisfy { bin in
      let value = representatives[bin]
      return !value.isNaN && (bin == 0 || value >= edges[bin - 1]) && (bin == edges.count || value < edges[bin])
    }
  }
}

extension QuantizationScheme.Granularity {
  /// The number written into codebooks, which never changes meaning.
  fileprivate var tag: UInt8 {
    switch self {
    case .intermediate: 0
    case .channel: 1
    case .column: 2
    }
  }
}
