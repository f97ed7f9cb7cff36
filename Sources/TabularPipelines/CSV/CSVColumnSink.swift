import Mistique

/// Where the finished values of a column gather, block by block.
class CSVColumnSink {
  private var validityWords: [UInt64] = []
  private var count = 0

  func append(_ values: UnsafeRawPointer, present: UnsafePointer<UInt64>, count: Int) {
    validityWords.append(contentsOf: UnsafeBufferPointer(start: present, count: (count + 63) / 64))
    self.count += count
  }

  func reserve(_ rows: Int) { validityWords.reserveCapacity((rows + 63) / 64) }

  fileprivate func values() -> Column.Values { preconditionFailure("a sink needs a type") }

  final func column() -> Column {
    Column(values(), validity: Validity(words: validityWords, count: count))
  }

  static func make(_ type: ColumnType) -> CSVColumnSink {
    switch type {
    case .float32: CSVValueSink<Float> { .float32($0) }
    case .float64: CSVValueSink<Double> { .float64($0) }
    case .int64: CSVValueSink<Int64> { .int64($0) }
    case .boolean: CSVValueSink<Bool> { .boolean($0) }
    case .date: CSVValueSink<Int32> { .date($0) }
    case .text: CSVTextSink()
    }
  }
}

/// Values of fixed width.
private final class CSVValueSink<Value>: CSVColumnSink {
  private var gathered: [Value] = []
  private let wrap: ([Value]) -> Column.Values

  init(_ wrap: @escaping ([Value]) -> Column.Values) { self.wrap = wrap }

  override func append(_ values: UnsafeRawPointer, present: UnsafePointer<UInt64>, count: Int) {
    super.append(values, present: present, count: count)
    gathered.append(
      contentsOf: UnsafeBufferPointer(
        start: values.assumingMemoryBound(to: Value.self), count: count))
  }

  override func reserve(_ rows: Int) {
    super.reserve(rows)
    gathered.reserveCapacity(rows)
  }

  override func values() -> Column.Values {
    defer { gathered = [] }
    return wrap(gathered)
  }
}

/// Texts: their bytes come field by field, their end offsets block by block.
final class CSVTextSink: CSVColumnSink {
  private var utf8: [UInt8] = []
  private var offsets = [0]

  /// Appends the bytes of one text and returns where it ends.
  @inline(__always)
  func appendBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    utf8.append(contentsOf: bytes)
    return utf8.count
  }

  var byteCount: Int { utf8.count }

  /// Drops bytes past the end of the last text that counts: `end`, or that of the last block when `nil`.
  func cut(to end: Int?) { utf8.removeLast(utf8.count - (end ?? offsets.last!)) }

  override func append(_ values: UnsafeRawPointer, present: UnsafePointer<UInt64>, count: Int) {
    super.append(values, present: present, count: count)
    offsets.append(
      contentsOf: UnsafeBufferPointer(start: values.assumingMemoryBound(to: Int.self), count: count)
    )
  }

  override func reserve(_ rows: Int) {
    super.reserve(rows)
    offsets.reserveCapacity(rows + 1)
  }

  override func values() -> Column.Values {
    defer { (offsets, utf8) = ([0], []) }
    return .text(TextValues(offsets: offsets, utf8: utf8))
  }
}
