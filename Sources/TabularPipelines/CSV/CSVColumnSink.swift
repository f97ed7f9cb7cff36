import Mistique

/// Where the finished values of a column gather, piece by piece in the order of the file.
class CSVColumnSink {
  private var validityWords: [UInt64] = []
  private var count = 0

  /// Appends the first `count` rows of a block's column.
  func append(_ place: CSVBlock.Place, count: Int) {
    let words = UnsafeBufferPointer(start: place.present, count: Validity.wordCount(for: count))
    let shift = UInt64(self.count & 63)
    self.count += count
    guard shift > 0 else {
      validityWords.append(contentsOf: words)
      return
    }
    // Bits past the rows of a block are zero, so words may be joined without masks.
    for word in words {
      validityWords[validityWords.count - 1] |= word << shift
      validityWords.append(word >> (64 - shift))
    }
    let needed = Validity.wordCount(for: self.count)
    if validityWords.count > needed { validityWords.removeLast(validityWords.count - needed) }
  }

  /// Room for `rows` rows in all, so that growing does not hold two copies of a column. `share` is the part of them that is there already.
  func reserve(_ rows: Int, share: Double) { validityWords.reserveCapacity(Validity.wordCount(for: rows)) }

  fileprivate func values() -> Column.Values { preconditionFailure("a sink needs a type") }

  /// The finished column; the sink is spent afterwards. Missing places hold zero, as `Column` wants them.
  final func column() -> Column {
    defer { validityWords = [] }
    return Column(zeroed: values(), validity: Validity(words: validityWords, count: count))
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

  override func append(_ place: CSVBlock.Place, count: Int) {
    super.append(place, count: count)
    gathered.append(contentsOf: UnsafeBufferPointer(start: place.values.assumingMemoryBound(to: Value.self), count: count))
  }

  override func reserve(_ rows: Int, share: Double) {
    super.reserve(rows, share: share)
    gathered.reserveCapacity(rows)
  }

  override func values() -> Column.Values {
    defer { gathered = [] }
    return wrap(gathered)
  }
}

/// Texts: their bytes, and where each ends. A missing text ends where the one before it does.
private final class CSVTextSink: CSVColumnSink {
  private var utf8: [UInt8] = []
  private var offsets = [0]

  override func append(_ place: CSVBlock.Place, count: Int) {
    super.append(place, count: count)
    let start = utf8.count
    if let text = place.text?.pointee { utf8.append(contentsOf: UnsafeBufferPointer(start: text.start, count: text.count)) }
    let ends = UnsafeBufferPointer(start: place.values.assumingMemoryBound(to: Int.self), count: count)
    var last = 0
    for end in ends {
      last = max(last, end)
      offsets.append(start + last)
    }
  }

  override func reserve(_ rows: Int, share: Double) {
    super.reserve(rows, share: share)
    offsets.reserveCapacity(rows + 1)
    utf8.reserveCapacity(Int(Double(utf8.count) / share * 1.1))
  }

  override func values() -> Column.Values {
    defer { (offsets, utf8) = ([0], []) }
    return .text(TextValues(offsets: offsets, utf8: utf8))
  }
}
