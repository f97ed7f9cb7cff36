import Mistique

/// Collects the finished values of a column, piece by piece, in the order of the file.
class CSVColumnSink {
  private var validity = Validity(count: 0, present: true)

  /// Appends the first `count` rows of a block's column, whose bits past them are zero.
  func append(_ place: CSVBlock.Place, count: Int) {
    validity.append(UnsafeBufferPointer(start: place.present, count: Validity.wordCount(for: count)), count: count)
  }

  /// Makes room for `rows` rows in all, so that growing does not hold two copies of a column. `share` is the part of them that is here already.
  func reserve(_ rows: Int, share: Double) { validity.reserveCapacity(rows) }

  fileprivate func values() -> Column.Values { preconditionFailure("a sink needs a type") }

  /// The finished column; the sink is empty afterwards. Missing places hold zero, as `Column` requires.
  final func column() -> Column {
    defer { validity = Validity(count: 0, present: true) }
    return Column(zeroed: values(), validity: validity)
  }

  static func make(_ type: ColumnType) -> CSVColumnSink {
    switch type {
    case .float32: CSVValueSink<Float> { .float32($0) }
    case .float64: CSVValueSink<Double> { .float64($0) }
    case .int64: CSVValueSink<Int64> { .int64($0) }
    case .boolean: CSVValueSink<Bool> { .boolean($0) }
    case .date: CSVValueSink<Int32> { .date($0) }
    case .timestamp: CSVValueSink<Int64> { .timestamp($0) }
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
