/// The columns of an intermediate: how many, of which types, and which of them are kept together in a ColumnChunk.
public enum IntermediateSchema: Sendable, Equatable, Codable {
  /// What a layer of a network emits for one example: `channels` maps of `height` x `width` float32 values.
  ///
  /// Columns are channel-major: value (c, y, x) is column `(c * height + y) * width + x`. A dense layer of u units has u channels
  /// of 1 x 1.
  case maps(channels: Int, height: Int, width: Int)
  /// Named columns of any type: what a stage of a pipeline emits.
  case columns([ColumnDescriptor])

  /// A named column without its values.
  public struct ColumnDescriptor: Sendable, Equatable, Codable {
    /// Unique within the schema, by its UTF-8 bytes.
    public let name: String
    /// The type of every value.
    public let type: ColumnType

    /// A column of that name and type.
    public init(name: String, type: ColumnType) {
      self.name = name
      self.type = type
    }
  }

  /// Whether it is of a network's layer.
  package var isMaps: Bool { if case .maps = self { true } else { false } }

  /// Columns of a row: of maps one per value, channels x height x width.
  public var columnCount: Int {
    switch self {
    case .maps(let channels, let height, let width): channels * height * width
    case .columns(let descriptors): descriptors.count
    }
  }

  /// The name of column `index`, in 0..<columnCount: its own, or `n35` for unit 35 of a dense layer, `n35_4_7` for row 4, column 7 of map 35.
  public func columnName(_ index: Int) -> String {
    switch self {
    case .columns(let descriptors): return descriptors[index].name
    case .maps(_, let height, let width):
      let area = height * width
      return area == 1 ? "n\(index)" : "n\(index / area)_\(index % area / width)_\(index % width)"
    }
  }

  /// The columns that `name` asks for, ascending: one column by its name, a whole map by its channel (`n35`), a rectangle of it by its rows and columns
  /// (`n35_2-5_0-7`), all by `*`; `nil` if there are none. The column that is called `*` is asked for between backticks (`ColumnSelector`).
  ///
  /// Complexity: O(columns) for named columns, O(rows of the rectangle) for maps.
  package func columns(named name: String) -> [Range<Int>]? {
    guard let name = ColumnSelector.name(name) else { return [0..<columnCount] }
    switch self {
    case .columns(let descriptors):
      // Names are bytes: texts that only look alike name different columns.
      return descriptors.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }.map { [$0..<$0 + 1] }
    case .maps(let channels, let height, let width):
      return MapRegion(name, channels: channels, height: height, width: width)?.places(height: height, width: width)
    }
  }
}

/// Adjacent columns of one type that share a ColumnChunk in every RowBlock.
package struct ColumnSpan: Sendable, Equatable {
  package let columns: Range<Int>
  package let type: ColumnType
}

extension IntermediateSchema {
  /// At least this many columns of a network's intermediate share a chunk: a map of fewer columns is kept with its neighbours.
  ///
  /// 16 columns x 1,000 rows are 64 KB, a frame that decodes in well under a millisecond; fewer would make the directory grow.
  static let fewestColumnsPerSpan = 16

  package var spans: [ColumnSpan] {
    switch self {
    case .columns(let descriptors):
      return descriptors.enumerated().map { ColumnSpan(columns: $0..<$0 + 1, type: $1.type) }
    case .maps:
      return stride(from: 0, to: columnCount, by: columnsPerSpan).map {
        ColumnSpan(columns: $0..<min($0 + columnsPerSpan, columnCount), type: .float32)
      }
    }
  }

  /// How many spans there are. Complexity: O(1), so that a schema read from a file can be held against what it claims before memory is taken.
  var spanCount: Int { (columnCount + columnsPerSpan - 1) / columnsPerSpan }

  private var columnsPerSpan: Int {
    guard case .maps(_, let height, let width) = self else { return 1 }
    let area = max(1, height * width)
    return (Self.fewestColumnsPerSpan + area - 1) / area * area
  }

  /// Columns of a span at most: a map of 4,096 x 4,096.
  static let widestSpan = 1 << 24

  /// Whether the numbers make sense; a schema read from a file is asked before it is used.
  package var isSound: Bool {
    guard case .maps(let channels, let height, let width) = self else { return true }
    guard channels >= 0, height > 0, width > 0, height <= 1 << 20, width <= 1 << 20, channels <= 1 << 30,
      height * width <= Self.widestSpan
    else { return false }
    let (columns, overflow) = channels.multipliedReportingOverflow(by: height * width)
    return !overflow && columns <= Int(Int32.max)
  }

  /// Bytes of one row in memory, text not counted.
  package var bytesPerRow: Int {
    switch self {
    case .maps: columnCount * 4
    case .columns(let descriptors): descriptors.reduce(0) { $0 + ($1.type.bytesPerValue ?? 0) }
    }
  }
}
