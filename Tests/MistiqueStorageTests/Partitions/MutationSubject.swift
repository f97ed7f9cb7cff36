import Foundation
import TestSupport

@testable import MistiqueStorage

/// A small store and what it answers: mutants take the place of its partition files one by one.
final class MutationSubject {
  /// Everything that can be asked about the intermediate.
  struct Answer: Equatable {
    var manifest: IntermediateManifest
    var values: [[UInt8]] = []
    var columns: [String] = []
    var rowIDs: RowIDs
  }

  /// What was asked is not worth asking: a manifest that promises more than the test has memory for.
  struct TooLarge: Error {}

  let name: String
  let fixture: StoreFixture
  let partitions: [(id: PartitionID, path: String, mutator: PartitionMutator)]
  let expected: Answer
  private let root: ChunkReference

  init(_ name: String, _ fixture: StoreFixture, _ commit: StoreCommit) throws {
    self.name = name
    self.fixture = fixture
    root = commit.intermediates[0]
    partitions = try commit.partitions.map { sealed in
      let path = PartitionPath.file(sealed.id, in: fixture.store.partitionsDirectory)
      return (sealed.id, path, try PartitionMutator([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))))
    }
    expected = try Self.answer(of: fixture.store, root)
  }

  func answer() throws -> Answer { try Self.answer(of: fixture.store, root) }

  /// Overwritten in place and then cut: a file that is emptied first is flushed to disk by some file systems when it is closed.
  static func write(_ bytes: [UInt8], to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    precondition(written == bytes.count && ftruncate(descriptor, off_t(bytes.count)) == 0, "a mutant could not be written")
  }

  private static func answer(of store: DataStore, _ root: ChunkReference) throws -> Answer {
    store.dropCaches()
    let manifest = try store.manifest(root)
    guard manifest.rows <= 1 << 16, manifest.schema.columnCount <= 1 << 12 else { throw TooLarge() }
    let places = Set([0, 1, manifest.rows / 2, manifest.rows - 1]).filter { (0..<manifest.rows).contains($0) }
    let some = RowSelection.positions(places.sorted())
    var answer = Answer(manifest: manifest, rowIDs: try store.readRowIDs(manifest, rows: .all, counters: ReadCounters()))
    _ = try store.readRowIDs(manifest, rows: some, counters: ReadCounters())
    for rows in [RowSelection.all, some] {
      if case .maps = manifest.schema {
        try ask(store, manifest, rows, &answer)
      } else {
        let places = Array(0..<manifest.schema.columnCount)
        let columns = try store.readColumns(manifest, columns: places, rows: rows, counters: ReadCounters())
        precondition(columns.allSatisfy { $0.count == rows.count(of: manifest.rows) }, "an answer of other rows than were asked for")
        answer.columns += columns.map { "\(bits($0))" }
        _ = try store.plan(manifest, columns: [0..<places.count], rows: rows).estimate
      }
    }
    return answer
  }

  /// Values, codes and bounds of maps: all columns, one column span, which is decoded where the answer lies, and a few of several.
  ///
  /// Each is asked whatever became of the one before, because each checks what it is given by itself.
  private static func ask(_ store: DataStore, _ manifest: IntermediateManifest, _ rows: RowSelection, _ answer: inout Answer) throws {
    let count = manifest.schema.columnCount
    let counters = ReadCounters()
    var failure: (any Error)?
    func attempt(_ body: () throws -> [UInt8]) {
      do { answer.values.append(try body()) } catch { failure = error is StoreError ? failure ?? error : error }
    }
    for columns in count > 16 ? [[0..<count], [0..<16], [1..<3, count - 2..<count]] : [[0..<count]] {
      let size = rows.count(of: manifest.rows) * columns.reduce(0) { $0 + $1.count }
      func filled<Value>(_ zero: Value, _ body: (UnsafeMutableBufferPointer<Value>) throws -> Void) throws -> [UInt8] {
        var values = [Value](repeating: zero, count: size)
        try values.withUnsafeMutableBufferPointer { try body($0) }
        return values.withUnsafeBytes { Array($0) }
      }
      for layout in [MatrixLayout.rowMajor, .columnMajor] {
        attempt {
          try filled(Float(0)) {
            try store.readMaps(manifest, columns: columns, rows: rows, into: $0, layout: layout, counters: counters)
          }
        }
      }
      attempt {
        var above: [UInt8] = []
        return try filled(Float(0)) { lower in
          above = try filled(Float(0)) { upper in
            try store.readBounds(store.plan(manifest, columns: columns, rows: rows), into: (lower, upper), counters: counters)
          }
        } + above
      }
      guard manifest.scheme.values.codeBits != nil else { continue }
      attempt {
        try filled(UInt8(0)) { try store.readCodes(store.plan(manifest, columns: columns, rows: rows), into: $0, counters: counters) }
      }
    }
    if let failure { throw failure }
  }

  /// Every bit of a column, in a form that can be compared.
  private static func bits(_ column: Column) -> (ColumnType, [UInt8], [Int], [UInt64]) {
    let validity = column.validity?.words ?? []
    if case .text(let text) = column.values { return (.text, text.utf8, text.offsets, validity) }
    var bytes = [UInt8](repeating: 0, count: column.count * column.type.bytesPerValue!)
    bytes.withUnsafeMutableBytes { column.values.copyFixedWidth(0..<column.count, to: $0) }
    return (column.type, bytes, [], validity)
  }
}

extension MutationSubject {
  /// Stores that between them have every kind of frame, chunk and record.
  static func all() throws -> [MutationSubject] {
    let maps = IntermediateSchema.maps(channels: 6, height: 4, width: 4)
    let values = activations(70 * 96, seed: 5)
    let codecs: [(String, Codec)] = [("automatic", .automatic), ("none", .none), ("gzip", .gzip()), ("zstd", .zstd())]
    let schemes: [QuantizationScheme] = [
      .none, .kbit(8), .kbit(3), .lp16, .threshold(0.5, per: .channel), .pool(2), .kbit(4, per: .column), .bound(.relative(0.2)),
      .ladder(.relative(0.2)),
    ]
    var subjects: [MutationSubject] = []
    for (index, scheme) in schemes.enumerated() {
      let fixture = try small()
      let (name, codec) = codecs[index % 2 == 0 ? 0 : index / 2 % 4]
      let commit = try fixture.write(values, schema: maps, writer: try fixture.writer(), codec: codec, scheme: scheme)
      subjects.append(try MutationSubject("maps, \(scheme), \(name)", fixture, commit))
    }
    for (name, codec) in codecs {
      for scheme in [QuantizationScheme.none, .kbit(5)] {
        let fixture = try small()
        let commit = try fixture.write(frame, writer: try fixture.writer(), codec: codec, scheme: scheme)
        subjects.append(try MutationSubject("columns, \(scheme), \(name)", fixture, commit))
      }
    }
    return try subjects + derived()
  }

  /// Columns that are filled, then picked, then picked again; and one that is stored as the difference from another.
  private static func derived() throws -> [MutationSubject] {
    let constants = frame.columns.map { Column($0.slice(1..<2).values) }
    let picks = RowList((0..<90).map { $0 * 7 % 91 - 1 })
    let some = RowList((0..<70).map { $0 % 10 == 0 ? -1 : $0 })
    let operations: [(Int) -> ColumnOperation] = [{ .filled(with: constants[$0]) }, { _ in .rows(picks) }, { _ in .rows(some) }]
    var subjects = try (1...3).map { count in
      let fixture = try small()
      let commit = try writeDerived(try fixture.writer(), frame, operations: Array(operations[..<count]))
      return try MutationSubject("derived by \(count)", fixture, commit)
    }
    let fixture = try small()
    func predictions(_ shift: Int) -> DataFrame {
      let values = (0..<300).map { (row: Int) -> Double in
        let whole: Int = row * 7919 % 9001 + shift * (row % 3)
        return Double(whole) / 1e4
      }
      return DataFrame(rowIDs: .first(300), columns: [(name: "prediction", column: Column(.float64(values)))])
    }
    let commit = try write([(predictions(0), [:]), (predictions(1), [:])], try fixture.writer())
    subjects.append(try MutationSubject("difference", fixture, commit))
    return subjects
  }

  /// `frame`, and what follows from it when `operations` are done one after the other to all of its columns, which they are given by number.
  static func writeDerived(_ writer: StoreWriter, _ frame: DataFrame, operations: [(Int) -> ColumnOperation]) throws -> StoreCommit {
    var frames = [(frame: frame, passedOn: [Int: ColumnOperation]())]
    for operation in operations {
      let before = frames.last!.frame
      let columns = zip(before.names, before.columns).enumerated().map { place, column in
        switch operation(place) {
        case .unchanged: (name: column.0, column: column.1)
        case .rows(let list): (name: column.0, column: column.1.gather(list))
        case .filled(let constant): (name: column.0, column: column.1.fillingMissing(with: constant))
        }
      }
      let passedOn = Dictionary(uniqueKeysWithValues: columns.indices.map { ($0, operation($0)) })
      frames.append((DataFrame(rowIDs: .first(columns[0].column.count), columns: columns), passedOn))
    }
    return try write(frames, writer)
  }

  /// Writes and commits frames whose columns follow from the frame before. The last is the first of the commit.
  private static func write(_ frames: [(frame: DataFrame, passedOn: [Int: ColumnOperation])], _ writer: StoreWriter) throws -> StoreCommit {
    let sink = ChunkSink(
      writer, options: .init(deduplicates: true, codec: .automatic, similarity: SimilarityOptions()), group: "columns")
    var stored: [StoredFrame] = []
    for (frame, passedOn) in frames {
      let source = stored.last
      let sources = Dictionary(uniqueKeysWithValues: passedOn.map { ($0, PassedOn(source: source!, column: $0, operation: $1)) })
      stored.append(try DataFrameWriter.store(frame, passedOn: sources, to: sink))
    }
    return try writer.commit(try stored.reversed().map { try DataFrameWriter.finish($0, to: sink) }, blobs: []) { _, _ in
      Array("receipt".utf8)
    }
  }

  private static func small() throws -> StoreFixture {
    try StoreFixture {
      $0.rowsPerBlock = 40
      $0.layout.slicedFrameBytes = 512
      $0.layout.sharedFrameBytes = 1024
    }
  }

  /// All types, with and without gaps, columns of few values and of many, and row ids that are no range.
  private static var frame: DataFrame {
    let count = 90
    var gaps = Validity(count: count, present: true)
    for row in stride(from: 0, to: count, by: 7) { gaps[row] = false }
    var random = SeededRandom(seed: 9)
    let noise = (0..<count).map { _ in random.unit() * 1e6 }
    let days = (0..<count).map { Int32($0 / 3 + 18_000) }
    return DataFrame(
      rowIDs: .list((0..<count).map { Int64($0 * $0) }),
      columns: [
        ("price", Column(.float64((0..<count).map { Double($0 % 13) * 1.25 }), validity: gaps)), ("noise", Column(.float64(noise))),
        ("size", Column(.float32(noise.map { Float($0) }), validity: gaps)), ("day", Column(.date(days), validity: gaps)),
        ("id", Column(.int64((0..<count).map { Int64($0 * 3 + 7) }))),
        ("is new", Column(.boolean((0..<count).map { $0 % 5 == 0 }), validity: gaps)),
        ("city", Column(.text(TextValues((0..<count).map { "city \($0 % 6)" })), validity: gaps)),
        ("note", Column(.text(TextValues((0..<count).map { String(repeating: "é\($0)", count: $0 % 4) })))),
        ("same", Column(.float64(Array(repeating: 4.5, count: count)))),
      ])
  }
}
