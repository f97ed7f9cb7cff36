import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// The format against a reader that shares nothing with ours but the page that describes it.
@Suite(.enabled(if: PythonReader.isInstalled)) struct PythonReaderTests {
  static let codecs: [Codec] = [.automatic, .none, .gzip(), .zstd()]
  static let schemes: [QuantizationScheme] = [
    .none, .lp16, .lp32, .kbit(8), .kbit(3), .kbit(5, per: .channel), .kbit(8, per: .channel), .kbit(2, per: .column), .threshold(0.9),
    .pool(2), .pool(2, .maximum).then(.kbit(8)), .poolWholeMap.then(.threshold(0.5)),
  ]

  /// Frames of a few rows, so that chunks are cut; maps of 20 values, which have runs of their own, and of 1, which share runs.
  static func maps(_ scheme: QuantizationScheme, _ codec: Codec, schema: IntermediateSchema) throws {
    let fixture = try StoreFixture {
      $0.rowsPerBlock = 100
      $0.layout.slicedFrameBytes = 4096
    }
    let columns = schema.columnCount
    var values = activations(230 * columns, seed: 5)
    // The second RowBlock has negative numbers, the third a value that no code and no float16 stands for.
    for place in 100 * columns..<130 * columns where place % 3 == 0 { values[place] = -values[place] - 1 }
    values[220 * columns + 3] = scheme == .lp16 ? 1e6 : .nan
    let commit = try fixture.write(values, schema: schema, writer: try fixture.writer(), codec: codec, scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let read = try fixture.read(manifest, [0..<manifest.schema.columnCount], .all)
    if scheme == .none { #expect(read.withValues { Data(buffer: $0) } == PythonReader.bytes(values)) }
    let python = try PythonReader.read(fixture, commit.intermediates[0])
    #expect(python["values"] == read.withValues { Data(buffer: $0) }, "\(scheme)")
    #expect(python["row ids"] == PythonReader.bytes((0..<230).map { Int64($0) }))
  }

  @Test("Maps under every scheme are read as we read them", arguments: PythonReaderTests.schemes)
  func everyScheme(scheme: QuantizationScheme) throws {
    try Self.maps(scheme, .automatic, schema: .maps(channels: 6, height: 5, width: 4))
  }

  @Test(
    "Maps under every codec, with shared runs, are read as we read them", arguments: PythonReaderTests.codecs,
    [QuantizationScheme.none, .kbit(3)])
  func everyCodec(codec: Codec, scheme: QuantizationScheme) throws {
    try Self.maps(scheme, codec, schema: .maps(channels: 37, height: 1, width: 1))
  }

  @Test(
    "Columns of every type with every value that tends to get lost are read bit for bit under every codec",
    arguments: PythonReaderTests.codecs)
  func hostile(codec: Codec) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 50 }
    let frame = ColumnRoundTripTests.hostile
    let commit = try fixture.write(frame, writer: try fixture.writer(), codec: codec)
    let python = try PythonReader.read(fixture, commit.intermediates[0])
    for (place, column) in frame.columns.enumerated() { Self.expect(python, place, column, frame.names[place]) }
    #expect(python["row ids"] == PythonReader.bytes(frame.rowIDs.array))
  }

  @Test(
    "Columns that are quantized are reconstructed as we do it, and gaps stay gaps",
    arguments: [QuantizationScheme.lp16, .lp32, .kbit(8), .kbit(3), .threshold(0.9)])
  func quantizedColumns(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 70 }
    var validity = Validity(count: 230, present: true)
    for row in stride(from: 0, to: 230, by: 4) { validity[row] = false }
    let doubles = (0..<230).map { Double($0 % 97) * 0.1 - 3 }
    var odd = doubles
    odd[100] = scheme == .lp32 ? 1e300 : .nan
    let frame = DataFrame(
      rowIDs: .range(-7..<223),
      columns: [
        ("double", Column(.float64(doubles))), ("gaps", Column(.float64(doubles), validity: validity)), ("odd", Column(.float64(odd))),
        ("float", Column(.float32(doubles.map { Float($0) }), validity: validity)),
        ("int", Column(.int64((0..<230).map { $0 * 1_000_003 }))),
      ])
    let commit = try fixture.write(frame, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let columns = try fixture.store.readColumns(manifest, columns: Array(0..<5), rows: .all, counters: ReadCounters())
    let python = try PythonReader.read(fixture, commit.intermediates[0])
    for (place, column) in columns.enumerated() { Self.expect(python, place, column, "\(frame.names[place]), \(scheme)") }
    #expect(python["row ids"] == PythonReader.bytes((-7..<223).map { Int64($0) }))
  }

  @Test("Few-valued floats, dictionaries of texts, booleans and dates are read from the encodings that are made for them")
  func encodings() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let grey: [Float] = (0..<2000 * 16).map { place in
      let level = (place &* 2_654_435_761) >> 7 & 255
      return Float(level) / 255
    }
    let images = try fixture.write(grey, schema: .maps(channels: 16, height: 1, width: 1), writer: writer)
    #expect(try PythonReader.read(fixture, images.intermediates[0])["values"] == PythonReader.bytes(grey))
    var validity = Validity(count: 2000, present: true)
    for row in 0..<2000 where row * row % 7 < 3 { validity[row] = false }
    let frame = DataFrame(
      rowIDs: .first(2000),
      columns: [
        ("city", Column(.text(TextValues((0..<2000).map { ["", "Köln", "Paris", "Łódź"][$0 * 7 % 11 % 4] })))),
        ("zone", Column(.text(TextValues((0..<2000).map { "zone \($0 * $0 % 300)" })), validity: validity)),
        ("flag", Column(.boolean((0..<2000).map { $0 % 3 == 0 }), validity: validity)),
        ("day", Column(.date((0..<2000).map { 17_000 + Int32($0 % 40) }), validity: validity)),
        ("time", Column(.timestamp((0..<2000).map { 1_500_000_000_000_000 + Int64($0 % 40) * 1_000_000 }), validity: validity)),
        ("price", Column(.float64((0..<2000).map { Double($0 * 99_991 % 1_000_000) / 100 }))),
        ("count", Column(.int64((0..<2000).map { Int64($0 * $0) }))),
      ])
    let columns = try fixture.write(frame, writer: writer)
    let python = try PythonReader.read(fixture, columns.intermediates[0])
    for (place, column) in frame.columns.enumerated() { Self.expect(python, place, column, frame.names[place]) }
    let met = Set((images.partitions + columns.partitions).flatMap { $0.footer.frames.map(\.encoding) })
    for encoding in [WordEncoding(bytes: 4), WordEncoding(bytes: 8), WordEncoding(bytes: 1), TextEncoding()] as [any FrameEncoding] {
      #expect(met.contains(encoding.tag), "\(encoding)")
    }
  }

  @Test("Frames without rows and without columns are read")
  func empty() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let noRows = DataFrame(rowIDs: .first(0), columns: [("a", Column(.text(TextValues()))), ("b", Column(.float64([])))])
    let commit = try fixture.write(noRows, writer: writer)
    let none = Data()
    #expect(
      try PythonReader.read(fixture, commit.intermediates[0]) == ["row ids": none, "0.lengths": none, "0.utf8": none, "1.values": none])
    let noColumns = try fixture.write(DataFrame(rowIDs: .first(5), columns: []), writer: writer)
    #expect(try PythonReader.read(fixture, noColumns.intermediates[0]) == ["row ids": PythonReader.bytes((0..<5).map { Int64($0) })])
  }

  @Test("Frames of words, with and without bitmaps, decode to what was encoded, whatever was in them")
  func words() throws {
    try PythonReader.expectDecoded(
      (SampleFrame.typical + SampleFrame.adversarial + SampleFrame.withBitmaps).map { sample in
        (sample.wordEncoding.tag, try #require(sample.encoded(sample.wordEncoding)), sample.raw)
      })
  }

  @Test("Frames of floating-point numbers decode to what was encoded: of any length, with and without zeros and signs")
  func floats() throws {
    var random = SeededRandom(seed: 21)
    var frames: [(UInt8, [UInt8], [UInt8])] = []
    for element in [FloatEncoding.Element.float32, .float16, .codes] {
      for count in [1, 7, 8, 64, 511, 512, 513, 1024, 2049, 16_384] {
        for zeros in [0.0, 0.6, 1.0] {
          for signMask in [UInt8(0x7f), 0xff] {
            let raw = (0..<count).flatMap { _ in
              let bytes = (0..<element.bytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
              return random.unit() < zeros ? bytes.map { _ in 0 } : bytes.dropLast() + [bytes.last! & signMask]
            }
            let encoding = FloatEncoding(element)
            let stored = try #require(SampleFrame("noise", raw, FrameContent(.float32)).encoded(encoding))
            frames.append((encoding.tag, stored, raw))
          }
        }
      }
    }
    try PythonReader.expectDecoded(frames)
  }

  @Test("Frames of neighbouring codes decode to what was encoded, whatever the arrangement and the escapes")
  func neighbours() throws {
    try PythonReader.expectDecoded(
      SampleFrame.codes.map { (NeighbourEncoding().tag, try #require($0.encoded(NeighbourEncoding())), $0.raw) })
  }

  @Test("Values under a bound are read, from codes and where they were rounded")
  func bounded() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let writer = try fixture.writer()
    let schema = IntermediateSchema.maps(channels: 3, height: 8, width: 8)
    var values = activations(230 * 192, seed: 31)
    (values[101 * 192], values[102 * 192 + 70]) = (1e6, .nan)
    for scheme in [QuantizationScheme.bound(.relative(0.2)), .bound(.absolute(0.01), per: .channel), .bound(.relative(0.3), per: .column)] {
      let commit = try fixture.write(values, schema: schema, writer: writer, scheme: scheme)
      let read = try fixture.read(fixture.store.manifest(commit.intermediates[0]), [0..<192], .all)
      #expect(try PythonReader.read(fixture, commit.intermediates[0])["values"] == read.withValues { Data(buffer: $0) })
      #expect(commit.partitions.contains { $0.footer.chunks.contains { $0.shape.type == .codes(bits: 8) } }, "\(scheme)")
    }
    var doubles = (0..<230).map { Double($0 % 97) * 0.1 - 3 }
    doubles[120] = 1e9
    let frame = DataFrame(rowIDs: .first(230), columns: [("d", Column(.float64(doubles)))])
    let columns = try fixture.write(frame, writer: writer, scheme: .bound(.absolute(0.06)))
    let read = try fixture.store.readColumns(
      fixture.store.manifest(columns.intermediates[0]), columns: [0], rows: .all, counters: ReadCounters())[0].doubles!
    #expect(try PythonReader.read(fixture, columns.intermediates[0])["0.values"] == PythonReader.bytes(read))
  }

  @Test("Values in rungs are read, whole and after their residuals were given back")
  func rungs() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let schema = IntermediateSchema.maps(channels: 3, height: 8, width: 8)
    var values = LadderStoreTests.values(schema, rows: 230)
    (values[101 * 192], values[102 * 192 + 70], values[3]) = (1e6, .nan, -0.0)
    let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .ladder(.relative(0.2)))
    #expect(try PythonReader.read(fixture, commit.intermediates[0])["values"] == PythonReader.bytes(values))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let writer = try fixture.writer(committed: Set(commit.partitions.map(\.id)))
    let second = try writer.commit([], manifests: [#require(manifest.demoted)], blobs: []) { _, _ in Array("receipt".utf8) }
    var reached = Reachability()
    try fixture.store.reach(intermediate: second.intermediates[0], into: &reached)
    let freed = try commit.partitions.map { partition in
      (partition.id, FreedFrames(reached.unreachableFrames(of: try fixture.store.file(partition.id), partition.id)))
    }
    _ = try writer.reclaim(removed: [], freed: Dictionary(uniqueKeysWithValues: freed))
    let near = try fixture.read(fixture.store.manifest(second.intermediates[0]), [0..<192], .all)
    #expect(try PythonReader.read(fixture, second.intermediates[0])["values"] == near.withValues { Data(buffer: $0) })
  }

  @Test("Frames of differences decode to what was encoded")
  func differences() throws {
    let values = activations(3 * 1000, seed: 22)
    let similar = values[..<1000].enumerated().map { $0 % 5 == 0 ? $1 + 1 : $1 }
    let raw = bytes(values + similar + similar.map { $0 * 2 })
    var content = FrameContent(.float32)
    content.differences = [.init(offset: 12_000, bytes: 4000, reference: 0), .init(offset: 16_000, bytes: 4000, reference: 12_000)]
    let stored = try #require(SampleFrame("similar chunks", raw, content).encoded(DifferenceEncoding()))
    try PythonReader.expectDecoded([(DifferenceEncoding().tag, stored, raw)])
  }

  @Test("A receipt leads to the values; every checksum and name is right")
  func receipts() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let schema = IntermediateSchema.maps(channels: 4, height: 4, width: 4)
    let values = activations(50 * 64, seed: 8)
    let target = MapWriter(schema, to: ChunkSink(writer, options: .init(deduplicates: true, codec: .automatic), group: "maps"))
    try values.withUnsafeBufferPointer { try target.append($0, rowIDs: .first(50)) }
    let blob = try writer.storeBlob([1, 2, 3])
    let commit = try writer.commit([try target.finish()], blobs: [blob]) { manifests, _ in
      let manifest = #"{"index":\#(manifests[0].index),"partition":"\#(manifests[0].partition)"}"#
      return Array(#"{"intermediates":[{"manifest":\#(manifest),"name":"layer 1"}]}"#.utf8)
    }
    struct Receipt: Decodable {
      struct Intermediate: Decodable { let manifest: Reference }
      struct Reference: Decodable { let index: Int, partition: String }
      let intermediates: [Intermediate]
    }
    let found = try PythonReader.verify(fixture)
    #expect(found.partitions == commit.partitions.count && found.freed == 0 && found.manifests.count == 1)
    let receipt = try JSONDecoder().decode(Receipt.self, from: Data(try #require(found.receipts.first).utf8)).intermediates[0].manifest
    #expect(try PythonReader.read(fixture, receipt.partition, receipt.index)["values"] == PythonReader.bytes(values))
    let archive = fixture.folder.path + "/values.npz"
    try PythonReader.run([fixture.folder.path, receipt.partition, "\(receipt.index)", archive])
    #expect(try Data(contentsOf: URL(fileURLWithPath: archive)).count > values.count * 4, "saved for NumPy")
  }

  @Test("A freed frame is told from a damaged one, and neither is taken for values")
  func freedAndDamaged() throws {
    let fixture = try StoreFixture()
    let commit = try fixture.write(
      activations(100 * 16, seed: 9), schema: .maps(channels: 16, height: 1, width: 1), writer: fixture.writer())
    let values = try #require(commit.partitions.first { $0.footer.chunks.contains { $0.shape.kind == .values } })
    let path = PartitionPath.file(values.id, in: fixture.store.partitionsDirectory)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let frame = try #require(values.footer.frames.first)
    var freed = whole
    freed.replaceSubrange(frame.offset..<frame.offset + frame.storedBytes, with: Data(count: frame.storedBytes))
    try freed.write(to: URL(fileURLWithPath: path))
    #expect(try PythonReader.verify(fixture).freed == 1)
    #expect(throws: PythonReader.Refusal.self) { try PythonReader.read(fixture, commit.intermediates[0]) }
    for place in [8, frame.offset + 3, whole.count - 40, whole.count - 20, whole.count - 1] {
      var damaged = whole
      damaged[place] ^= 0x10
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(throws: PythonReader.Refusal.self, "byte \(place)") { try PythonReader.verify(fixture) }
    }
    try whole.write(to: URL(fileURLWithPath: path))
    #expect(try PythonReader.verify(fixture).freed == 0)
  }

  static func expect(_ python: [String: Data], _ place: Int, _ column: Column, _ name: String) {
    let validity = column.validity.map { validity in Data((0..<validity.count).map { validity[$0] ? 1 : 0 }) }
    #expect(python["\(place).valid"] == validity, "validity of \(name)")
    let values: Data
    switch column.values {
    case .float32(let numbers): values = PythonReader.bytes(numbers)
    case .float64(let numbers): values = PythonReader.bytes(numbers)
    case .int64(let numbers): values = PythonReader.bytes(numbers)
    case .boolean(let flags): values = PythonReader.bytes(flags)
    case .date(let days): values = PythonReader.bytes(days)
    case .timestamp(let times): values = PythonReader.bytes(times)
    case .text(let texts):
      #expect(python["\(place).utf8"] == Data(texts.utf8), "\(name)")
      #expect(python["\(place).lengths"] == PythonReader.bytes((0..<texts.count).map { UInt32(texts.bytes(at: $0).count) }), "\(name)")
      return
    }
    #expect(python["\(place).values"] == values, "\(name)")
  }
}

/// `read_store.py`, which is written from the page Format and from nothing else; with -B, so that nothing appears beside it.
enum PythonReader {
  struct Refusal: Error { let message: String }

  struct Found: Decodable {
    let partitions: Int
    let frames: Int
    let freed: Int
    /// Of intermediates: partition and index.
    let manifests: [String]
    let receipts: [String]
  }

  static let isInstalled: Bool = {
    let needed = "import ctypes, numpy; ctypes.CDLL('libzstd.so.1'); ctypes.CDLL('libxxhash.so.0')"
    return (try? Command.run(["python3", "-c", needed]))?.status == 0
  }()

  /// Checks every partition.
  static func verify(_ fixture: StoreFixture) throws -> Found {
    try JSONDecoder().decode(Found.self, from: run([fixture.folder.path]))
  }

  /// The arrays of an intermediate, little endian, by name.
  static func read(_ fixture: StoreFixture, _ manifest: ChunkReference) throws -> [String: Data] {
    try read(fixture, manifest.partition.description, manifest.index)
  }

  static func read(_ fixture: StoreFixture, _ partition: String, _ index: Int) throws -> [String: Data] {
    struct Answer: Decodable { let arrays: [String: Data] }
    return try JSONDecoder().decode(Answer.self, from: run([fixture.folder.path, partition, "\(index)"])).arrays
  }

  /// Decodes frames by themselves and compares them with what they are of; one Python for all.
  static func expectDecoded(_ frames: [(tag: UInt8, stored: [UInt8], raw: [UInt8])]) throws {
    let script = """
      import base64, json, sys
      sys.path.insert(0, sys.argv[1])
      import frame_encodings
      for frame in json.load(sys.stdin):
        decoded = frame_encodings.decode(frame["encoding"], base64.b64decode(frame["stored"]), frame["size"])
        print(base64.b64encode(decoded).decode())
      """
    struct Frame: Encodable { let encoding: UInt8, stored: Data, size: Int }
    let input = try JSONEncoder().encode(
      frames.map { Frame(encoding: $0.tag, stored: Data($0.stored), size: $0.raw.count) })
    let result = try Command.run(["python3", "-B", "-c", script, try file().deletingLastPathComponent().path], input: input)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(result.status == 0 && lines.count == frames.count + 1, "\(result.errors.suffix(600))")
    for (place, (frame, line)) in zip(frames, lines).enumerated() {
      #expect(Data(base64Encoded: String(line)) == Data(frame.raw), "frame \(place), tag \(frame.tag), \(frame.raw.count) bytes")
    }
  }

  static func bytes<Value>(_ values: [Value]) -> Data { values.withUnsafeBytes { Data($0) } }

  private static func file() throws -> URL { try #require(Bundle.module.url(forResource: "read_store", withExtension: "py")) }

  @discardableResult
  static func run(_ arguments: [String]) throws -> Data {
    let result = try Command.run(["python3", "-B", try file().path] + arguments)
    // What it did not expect, an exception, is no refusal.
    try #require(result.status == 0 || result.errors.hasPrefix("error: "), "\(result.errors.suffix(600))")
    guard result.status == 0 else { throw Refusal(message: result.errors) }
    return Data(result.output.utf8)
  }
}
