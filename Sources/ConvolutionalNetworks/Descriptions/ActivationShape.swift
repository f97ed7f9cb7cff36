/// The shape of one image's activations at a layer: channels x height x width; a dense layer has maps of 1 x 1.
///
/// Its flattened order, and thereby the order of an intermediate's columns, is channel-major: (c, h, w) is column (c * height + h) *
/// width + w, so that a "neuron's" activation map is a run of neighbouring columns (paper, section 5: POINTQ asks for the map of neuron
/// 35).
public struct ActivationShape: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Maps, or the units of a dense layer.
  public let channels: Int
  /// Rows of a map.
  public let height: Int
  /// Columns of a map.
  public let width: Int

  /// Maps of `height` x `width`; of 1 x 1 when these are left out.
  public init(channels: Int, height: Int = 1, width: Int = 1) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// Values per image: the number of columns of the intermediate.
  public var columnCount: Int { channels * height * width }

  /// Whether its maps are of 1 x 1.
  var isVector: Bool { height * width == 1 }

  /// The column of one activation.
  public func column(channel: Int, row: Int = 0, column: Int = 0) -> Int {
    precondition((0..<channels).contains(channel) && (0..<height).contains(row) && (0..<width).contains(column), "outside \(self)")
    return (channel * height + row) * width + column
  }

  /// The columns of one channel's activation map, row by row.
  public func columns(ofChannel channel: Int) -> Range<Int> {
    precondition((0..<channels).contains(channel), "channel \(channel) of \(self)")
    return channel * height * width..<(channel + 1) * height * width
  }

  /// Where a column lies.
  public func position(ofColumn column: Int) -> (channel: Int, row: Int, column: Int) {
    precondition((0..<columnCount).contains(column), "column \(column) of \(self)")
    return (column / (height * width), column / width % height, column % width)
  }

  /// Whether channel-major and channels-last are the same order: one channel, or maps of 1 x 1.
  var hasOneOrder: Bool { channels == 1 || isVector }

  /// `(channels, height, width)`.
  public var description: String { "(\(channels), \(height), \(width))" }
}
