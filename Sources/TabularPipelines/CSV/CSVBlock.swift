import Mistique

/// The rows being parsed, a block at a time, in raw memory that is written by position.
///
/// A row counts only when `rowCount` is raised, so a record that turns out to be incomplete needs no undoing: the next attempt
/// writes over it. Only the bytes of texts are appended as they come; `forgetOpenRow` cuts those back.
final class CSVBlock {
  /// Rows of a block. With Zillow's 58 columns a block is 0.5 MB and stays in the cache between parsing and moving. A multiple of 64,
  /// so that validity words line up.
  static let rowCapacity = 1_024

  struct Lane {
    let type: ColumnType
    let values: UnsafeMutableRawPointer
    let present: UnsafeMutablePointer<UInt64>
    /// For texts only.
    let text: Unmanaged<CSVTextSink>?
  }

  let lanes: UnsafeMutableBufferPointer<Lane>
  var rowCount = 0
  private(set) var movedRowCount = 0
  private let sinks: [CSVColumnSink]

  init(types: [ColumnType]) {
    sinks = types.map(CSVColumnSink.make)
    lanes = .allocate(capacity: types.count)
    let words = Self.rowCapacity / 64
    for (index, type) in types.enumerated() {
      let present = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
      present.initialize(repeating: 0, count: words)
      let text = (sinks[index] as? CSVTextSink).map { Unmanaged.passUnretained($0) }
      let values = UnsafeMutableRawPointer.allocate(byteCount: Self.rowCapacity * 8, alignment: 64)
      lanes.initializeElement(
        at: index, to: Lane(type: type, values: values, present: present, text: text))
    }
  }

  deinit {
    for lane in lanes {
      lane.values.deallocate()
      lane.present.deallocate()
    }
    lanes.deallocate()
  }

  /// Drops the texts of the row that was begun and not counted.
  func forgetOpenRow() {
    for (index, lane) in lanes.enumerated() where lane.type == .text {
      let end =
        rowCount > 0 ? lane.values.load(fromByteOffset: (rowCount - 1) * 8, as: Int.self) : nil
      (sinks[index] as? CSVTextSink)?.cut(to: end)
    }
  }

  /// Room for `rows` rows in all, so that growing does not hold two copies of a column.
  func reserve(rows: Int) {
    for sink in sinks { sink.reserve(rows) }
  }

  /// Moves the block's rows to the columns and empties the block.
  func flush() {
    for (lane, sink) in zip(lanes, sinks) {
      sink.append(lane.values, present: lane.present, count: rowCount)
      lane.present.update(repeating: 0, count: Self.rowCapacity / 64)
    }
    movedRowCount += rowCount
    rowCount = 0
  }

  /// The finished columns; the block is spent afterwards.
  func takeColumns() -> [Column] {
    flush()
    return sinks.map { $0.column() }
  }
}
