import MistiqueStorage
import TestSupport
import Testing

@Suite struct ColumnRoundTripTests {
  /// Every type with gaps, and every value that tends to get lost.
  static let hostile: DataFrame = {
    let rows = 131
    var validity = Validity(count: rows, present: true)
    for row in stride(from: 0, to: rows, by: 3) { validity[row] = false }
    let floats: [Float] = [.nan, -.zero, .infinity, -.infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7fc0_1234), 1.5]
    let doubles: [Double] = [.nan, -.zero, .infinity, .greatestFiniteMagnitude, Double(bitPattern: 0x7ff8_0000_0000_4321)]
    let texts = ["", "a.b/c", "🏠 house", "line\nbreak", "\"quoted\"", String(repeating: "x", count: 300)]
    func cycle<Value>(_ values: [Value]) -> [Value] { (0..<rows).map { values[$0 % values.count] } }
    return DataFrame(
      rowIDs: .list((0..<Int64(rows)).map { $0 * 7 - 5 }),
      columns: [
        ("float32", Column(.float32(cycle(floats)))), ("float32 gaps", Column(.float32(cycle(floats)), validity: validity)),
        ("float64", Column(.float64(cycle(doubles)))), ("float64 gaps", Column(.float64(cycle(doubles)), validity: validity)),
        ("int64", Column(.int64(cycle([.min, .max, 0, -1])))), ("int64 gaps", Column(.int64(cycle([.min, .max, 0])), validity: validity)),
        ("boolean", Column(.boolean(cycle([true, false])))), ("boolean gaps", Column(.boolean(cycle([true, false])), validity: validity)),
        ("date", Column(.date(cycle([0, -1, .max, .min])))), ("date gaps", Column(.date(cycle([0, 17_000])), validity: validity)),
        ("time", Column(.timestamp(cycle([0, -1, .max, .min])))),
        ("time gaps", Column(.timestamp(cycle([0, 1 << 50])), validity: validity)),
        ("text", Column(.text(TextValues(cycle(texts))))), ("text.gaps/🏠", Column(.text(TextValues(cycle(texts))), validity: validity)),
        ("all missing", Column(.int64(cycle([1])), validity: Validity(count: rows, present: false))),
      ])
  }()

  @Test("Columns of every type come back bit for bit under every codec", arguments: [Codec.automatic, .none, .gzip(), .zstd()])
  func everyType(codec: Codec) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 50 }
    let commit = try fixture.write(Self.hostile, writer: try fixture.writer(), codec: codec)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let columns = try fixture.store.readColumns(
      manifest, columns: Array(Self.hostile.columns.indices), rows: .all, counters: ReadCounters())
    for (name, pair) in zip(Self.hostile.names, zip(Self.hostile.columns, columns)) {
      #expect(pair.0.isIdentical(to: pair.1), "column \(name)")
    }
    #expect(try fixture.store.readRowIDs(manifest, rows: .all, counters: ReadCounters()) == Self.hostile.rowIDs)
  }

  @Test("Some rows of some columns are those rows of those columns")
  func subsets() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 32 }
    let commit = try fixture.write(Self.hostile, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let rows = [0, 1, 31, 32, 33, 90, 130]
    let columns = try fixture.store.readColumns(manifest, columns: [11, 3, 8], rows: .positions(rows), counters: ReadCounters())
    for (column, place) in zip(columns, [11, 3, 8]) { #expect(column.isIdentical(to: Self.hostile.columns[place].gather(rows))) }
    let ids = try fixture.store.readRowIDs(manifest, rows: .positions(rows), counters: ReadCounters())
    #expect(ids == Self.hostile.rowIDs.gather(rows))
  }

  @Test("A frame without rows and a frame without columns come back")
  func empty() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let noRows = DataFrame(rowIDs: .first(0), columns: [("a", Column(.text(TextValues()))), ("b", Column(.float64([])))])
    let noColumns = DataFrame(rowIDs: .first(5), columns: [])
    for frame in [noRows, noColumns] {
      let commit = try fixture.write(frame, writer: writer)
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      #expect(manifest.rows == frame.rowCount)
      let read = try fixture.store.readColumns(
        manifest, columns: Array(frame.columns.indices), rows: .all, counters: ReadCounters())
      #expect(read.map(\.count) == frame.columns.map(\.count))
      #expect(try fixture.store.readRowIDs(manifest, rows: .all, counters: ReadCounters()) == frame.rowIDs)
    }
  }
}
