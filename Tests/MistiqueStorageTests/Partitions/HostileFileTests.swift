import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Files that are consistent in themselves, checksums and all, and could only have been written by somebody who wants the reader to fail.
@Suite struct HostileFileTests {
  private let maps = IntermediateSchema.maps(channels: 6, height: 4, width: 4)

  /// Puts what `change` makes of a commit's values in their place.
  private func change(_ fixture: StoreFixture, _ commit: StoreCommit, _ change: (inout PartitionImage) throws -> Void) throws {
    let path = PartitionPath.file(commit.partitions[0].id, in: fixture.store.partitionsDirectory)
    var image = try PartitionImage([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    try change(&image)
    try Data(image.encoded()).write(to: URL(fileURLWithPath: path))
    fixture.store.dropCaches()
  }

  private func writeMaps(_ scheme: QuantizationScheme = .none) throws -> (fixture: StoreFixture, commit: StoreCommit) {
    let fixture = try StoreFixture { $0.rowsPerBlock = 40 }
    let commit = try fixture.write(
      activations(40 * 96, seed: 5), schema: maps, writer: try fixture.writer(), codec: .none, scheme: scheme)
    return (fixture, commit)
  }

  @Test("Maps whose chunks claim gaps are refused: the answer has no room for a bitmap")
  func mapsWithValidity() throws {
    let (fixture, commit) = try writeMaps()
    try change(fixture, commit) { image in
      let payloads = try image.payloads().map { [UInt8](repeating: 0xff, count: 8) + $0 }
      image = image.relaid(payloads)
      for chunk in image.chunks.indices { image.chunks[chunk].flags = 1 }
    }
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(throws: StoreError.self) { try fixture.read(manifest, [0..<96], .all) }
    // A whole column span is decoded where the answer lies.
    #expect(throws: StoreError.self) { try fixture.read(manifest, [0..<16], .all) }
  }

  @Test("Codes of other widths than the codebook's are refused, not read past their end", arguments: [1, 3, 5, 7])
  func codesOfAnotherWidth(bits: UInt64) throws {
    let (fixture, commit) = try writeMaps(.kbit(8))
    try change(fixture, commit) { image in
      let size = Int((16 * bits + 7) / 8) * 40
      image = image.relaid(try image.payloads().map { Array($0.prefix(size)) })
      for chunk in image.chunks.indices { image.chunks[chunk].type = 16 + bits }
    }
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(throws: StoreError.self) { try fixture.read(manifest, [0..<96], .all) }
    var (lower, upper) = ([Float](repeating: 0, count: 40 * 96), [Float](repeating: 0, count: 40 * 96))
    #expect(throws: StoreError.self) {
      try lower.withUnsafeMutableBufferPointer { lower in
        try upper.withUnsafeMutableBufferPointer { upper in
          try fixture.store.readBounds(
            fixture.store.plan(manifest, columns: [0..<96], rows: .all), into: (lower, upper), counters: ReadCounters())
        }
      }
    }
  }

  @Test("Bounds are not asked of a codebook of another intermediate", arguments: [QuantizationScheme.kbit(8, per: .column), .lp16])
  func boundsOfAnotherCodebook(scheme: QuantizationScheme) throws {
    let (fixture, commit) = try writeMaps(scheme)
    let other = IntermediateSchema.maps(channels: 1, height: 4, width: 4)
    let writer = try fixture.writer(committed: Set(commit.partitions.map(\.id)))
    let narrow = try fixture.write(activations(40 * 16, seed: 6), schema: other, writer: writer, scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let wrong = IntermediateManifest(
      schema: manifest.schema, scheme: scheme, rows: manifest.rows, rowsPerBlock: manifest.rowsPerBlock, rowIDs: manifest.rowIDs,
      codebook: try fixture.store.manifest(narrow.intermediates[0]).codebook, spans: manifest.spans)
    var (lower, upper) = ([Float](repeating: 0, count: 40 * 96), [Float](repeating: 0, count: 40 * 96))
    #expect(throws: StoreError.self) {
      try lower.withUnsafeMutableBufferPointer { lower in
        try upper.withUnsafeMutableBufferPointer { upper in
          try fixture.store.readBounds(
            fixture.store.plan(wrong, columns: [0..<96], rows: .all), into: (lower, upper), counters: ReadCounters())
        }
      }
    }
  }

  @Test("Codes without a codebook are refused, not read as numbers")
  func codesWithoutCodebook() throws {
    let (fixture, commit) = try writeMaps(.kbit(3))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let without = IntermediateManifest(
      schema: manifest.schema, scheme: manifest.scheme, rows: manifest.rows, rowsPerBlock: manifest.rowsPerBlock, rowIDs: manifest.rowIDs,
      spans: manifest.spans)
    #expect(throws: StoreError.self) { try fixture.read(without, [0..<96], .all) }
  }

  @Test("Named columns and maps are not taken for each other")
  func wrongKind() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let frame = DataFrame(rowIDs: .first(300), columns: [("flag", Column(.boolean(Array(repeating: true, count: 300))))])
    let columns = try fixture.store.manifest(try fixture.write(frame, writer: writer).intermediates[0])
    let values = try fixture.write(activations(300 * 96, seed: 2), schema: maps, writer: writer)
    let maps = try fixture.store.manifest(values.intermediates[0])
    #expect(throws: StoreError.self) { try fixture.read(columns, [0..<1], .all) }
    #expect(throws: StoreError.self) { try fixture.store.readColumns(maps, columns: [7], rows: .all, counters: ReadCounters()) }
  }

  @Test("Row ids that no integer has are refused", arguments: [Int64.max, Int64.max - 5])
  func rowIDs(start: Int64) throws {
    let manifest = IntermediateManifest(schema: .columns([]), rows: 40, rowsPerBlock: 40, rowIDs: .range(start: start), spans: [])
    #expect(throws: StoreError.self) { try IntermediateManifest(decoding: try manifest.encoded(), place: "test") }
  }

  @Test("A frame that claims more than zlib can count is refused")
  func hugeGzipFrame() throws {
    let fixture = try StoreFixture()
    let commit = try fixture.write(activations(96, seed: 5), schema: maps, writer: try fixture.writer(), codec: .gzip())
    try change(fixture, commit) { $0.frames[0].rawBytes = 1 << 32 }
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(throws: StoreError.self) { try fixture.read(manifest, [0..<96], .all) }
  }

  @Test("An end of the file that claims a gigabyte is refused before memory is taken for it")
  func hugeFooter() throws {
    let (fixture, commit) = try writeMaps()
    let path = PartitionPath.file(commit.partitions[0].id, in: fixture.store.partitionsDirectory)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - PartitionFormat.trailerBytes + 8 + 3] = 0x3f  // the footer's uncompressed size
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect { try PartitionFile(path: path) } throws: { "\($0)".contains("the end of the file claims") }
  }

  @Test("A directory whose chunks all claim all frames is refused at once")
  func overlappingChunks() throws {
    let (fixture, commit) = try writeMaps()
    let path = PartitionPath.file(commit.partitions[0].id, in: fixture.store.partitionsDirectory)
    try change(fixture, commit) { image in
      var frame = image.frames[0]
      frame.store([1], tag: PlainEncoding().tag)
      frame.rawBytes = 1
      var chunk = image.chunks[0]
      (chunk.type, chunk.rows, chunk.width, chunk.payloadBytes) = (UInt64(ColumnType.boolean.rawValue), 50_000, 1, 50_000)
      (chunk.step, chunk.offset, chunk.rowsPerFrame) = (0, 0, 1)
      image.frames = Array(repeating: frame, count: 50_000)
      image.chunks = Array(repeating: chunk, count: 50_000)
    }
    let start = ContinuousClock.now
    #expect(throws: StoreError.self) { try PartitionFile(path: path) }
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("Texts that do not fit their frame are refused, also where a later chunk makes up for them")
  func textsThatDoNotFit() throws {
    // Two chunks of a text each, in a frame of 10 bytes. The first, of 7, does not fit the 6 that are left behind its length. Were it
    // taken for -1 bytes, the second, of 3, would end where the frame does.
    var frame: [UInt8] = [TextEncoding.Body.dictionary.rawValue, 1, 2, 2]  // one run: two chunks of one text
    frame += [1, 10]  // two distinct texts of ten bytes
    frame += [0, 1, 2, 7, 3]  // their lengths, as planes
    frame += [10] + Array("0123456789".utf8)
    frame += [1, 0b10]  // codes: 0, then 1
    var output = [UInt8](repeating: 0xee, count: 10)
    #expect(throws: StoreError.self) {
      try frame.withUnsafeBytes { stored in try output.withUnsafeMutableBytes { try TextEncoding().decode(stored, into: $0, place: "test") }
      }
    }
  }
}
