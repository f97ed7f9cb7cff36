import TestSupport
import Testing

@testable import MistiqueStorage

/// Stores whose checksums are right and whose records contradict each other.
@Suite struct MismatchTests {
  static let schema = IntermediateSchema.maps(channels: 16, height: 1, width: 1)

  /// An intermediate of one chunk of `type`, without or with another's codebook.
  static func read(_ type: StoredType, hasValidity: Bool = false, codebook scheme: QuantizationScheme.Values?) throws -> FloatMatrix {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let shape = ColumnChunkShape(type: type, rows: 1000, width: 16, hasValidity: hasValidity)
    let chunk = ColumnChunk(shape: shape, payload: BufferSlice(copying: [UInt8](repeating: 1, count: shape.payloadBytes!)))
    let place = try writer.store(chunk, group: "x", options: .init(deduplicates: true, codec: .none))
    let book = try scheme.map { scheme in
      let values = activations(16_000, seed: 3)
      let quantizer = try #require(
        values.withUnsafeBufferPointer { try scheme.fitted(sample: $0.baseAddress!, rows: 1000, schema: Self.schema) })
      let entry = CodebookRecord.Entry(column: 0, quantizer: quantizer, extrema: EncodedExtrema(for: quantizer))
      return try writer.storeRecord(.codebook, CodebookRecord(entries: [entry]).encoded, group: "b")
    }
    try writer.flush()
    let column = ColumnManifest(
      type: .float32, width: 16, rows: 1000, rowsPerBlock: 1000, chunks: [try writer.reference(to: place.location)],
      statistics: [ChunkStatistics(lowest: 0, highest: 1, missing: 0, hasNaN: false)])
    let run = try writer.storeRecord(.manifest, column.encoded, group: "m")
    try writer.flush()
    let manifest = IntermediateManifest(
      schema: schema, rows: 1000, rowsPerBlock: 1000, rowIDs: .range(start: 0), codebook: try book.map { try writer.reference(to: $0) },
      spans: [try writer.reference(to: run)])
    let root = try writer.storeRecord(.manifest, try manifest.encoded(), group: "r")
    try writer.flush()
    // What verification finds is what reading finds.
    let verified = Result { try fixture.store.checkRecords(of: writer.reference(to: root)) }
    let read = Result { try fixture.read(manifest, [0..<16], .all) }
    if case .failure = read { #expect(throws: StoreError.self) { try verified.get() } } else { try verified.get() }
    return try read.get()
  }

  @Test("A chunk that is not coded as its codebook says is refused, and none is read without a codebook")
  func mismatch() throws {
    #expect(throws: StoreError.self) { try Self.read(.codes(bits: 1), codebook: nil) }
    #expect(throws: StoreError.self) { try Self.read(.codes(bits: 1), codebook: .kbit(8)) }
    #expect(throws: StoreError.self) { try Self.read(.float16, codebook: .kbit(3)) }
    #expect(throws: StoreError.self) { try Self.read(.values(.float32), hasValidity: true, codebook: nil) }
  }
}
