import CStorageKernels

extension QuantizationScheme {
  /// POOL_QT: each map reduced by windows that do not overlap.
  ///
  /// A window of s x s saves s^2 of the space. There is no bound on what a pooled value tells of the values in its window, other than that
  /// their average, or maximum, is exactly it: bounds that other parts give are about the pooled value.
  public struct Pooling: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What stands for the values of a window.
    public enum Kind: String, Sendable, Hashable, Codable {
      /// Their mean, added in float32.
      case average
      /// The largest of them.
      case maximum
    }

    /// The values that become one.
    public enum Window: Sendable, Hashable, Codable {
      /// So many rows and columns of a map; fewer at its lower and right edge, where the rest does not fill a window.
      case size(Int)
      /// All of a map, whatever its size.
      case wholeMap
    }

    /// What stands for the values of a window.
    public var kind: Kind
    /// The values that become one.
    public var window: Window

    /// Pooling of that kind; without arguments the paper's default, averages of 2 x 2 values.
    public init(_ kind: Kind = .average, window: Window = .size(2)) {
      self.kind = kind
      self.window = window
    }

    /// In the paper's words: `POOL_QT(average 2x2)`.
    public var description: String {
      switch window {
      case .size(let size): "POOL_QT(\(kind.rawValue) \(size)x\(size))"
      case .wholeMap: "POOL_QT(\(kind.rawValue) whole map)"
      }
    }

    func validate() throws {
      if case .size(let size) = window, size < 1 {
        throw StoreError(
          .invalid, "the window is \(size)x\(size)", at: "POOL_QT", remedy: "Use a window of at least 1; the paper's default is 2.")
      }
    }

    /// maps(c, h, w) to maps(c, ceil(h / s), ceil(w / s)), for the whole map to maps(c, 1, 1). Named columns are not pooled.
    package func pooledSchema(of schema: IntermediateSchema) -> IntermediateSchema {
      guard case .maps(let channels, let height, let width) = schema else { return schema }
      let size = windowSize(height: height, width: width)
      return .maps(channels: channels, height: (height + size - 1) / size, width: (width + size - 1) / size)
    }

    private func windowSize(height: Int, width: Int) -> Int {
      switch window {
      case .size(let size): max(1, min(size, max(height, width)))
      case .wholeMap: max(1, height, width)
      }
    }
  }
}

extension QuantizationScheme.Pooling {
  /// Pools `rows` rows of `schema`, row-major and in `order` within a row, into channel-major rows of `pooledSchema(of: schema)` at `target`.
  ///
  /// A window at the edge counts only the values that are there (PyTorch's `ceil_mode=True, count_include_pad=False`). A NaN makes its
  /// window NaN, for the maximum too. A window is added in float32, down its columns and then across them, whatever the batch or thread:
  /// equal maps have equal bits, in whatever order they come. Where that sum overflows it is made in double.
  ///
  /// The scheme must be valid; `schema` must be of maps. Memory: one row of a map, or of all maps and the result where the channels come
  /// last.
  ///
  /// Complexity: O(rows x columns).
  package func pool(
    _ values: UnsafePointer<Float>, rows: Int, schema: IntermediateSchema, order: MapOrder = .channelMajor,
    into target: UnsafeMutablePointer<Float>
  ) {
    guard case .maps(let channels, let height, let width) = schema else { preconditionFailure("only maps are pooled") }
    guard rows > 0, channels > 0 else { return }
    if order.isChannelMajor(for: schema) {
      let kernel = kind == .average ? mistique_pool_average : mistique_pool_maximum
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        kernel(values, rows * channels, height, width, windowSize(height: height, width: width), scratch.baseAddress, target)
      }
    } else {
      poolChannelsLast(values, rows: rows, schema: schema, into: target)
    }
    if kind == .average { averageAgain(values, rows: rows, schema: schema, order: order, into: target) }
  }

  /// Adds windows whose sum is not finite in float32 again in double: their values may be, and so may their average.
  private func averageAgain(
    _ values: UnsafePointer<Float>, rows: Int, schema: IntermediateSchema, order: MapOrder, into target: UnsafeMutablePointer<Float>
  ) {
    guard case .maps(let channels, let height, let width) = schema, case .maps(_, let high, let wide) = pooledSchema(of: schema) else {
      return
    }
    let (count, size) = (rows * channels * high * wide, windowSize(height: height, width: width))
    for place in 0..<count where !target[place].isFinite {
      let (map, y, x) = (place / (high * wide), place / wide % high, place % wide)
      let (row, channel) = (map / channels, map % channels)
      var (sum, added) = (0.0, 0)
      for line in y * size..<min((y + 1) * size, height) {
        for column in x * size..<min((x + 1) * size, width) {
          let inRow =
            order.isChannelMajor(for: schema) ? (channel * height + line) * width + column : (line * width + column) * channels + channel
          sum += Double(values[row * schema.columnCount + inRow])
          added += 1
        }
      }
      let average = Float(sum / Double(added))
      // A NaN keeps its bits, which the kernel chose.
      if !average.isNaN { target[place] = average }
    }
  }

  private func poolChannelsLast(
    _ values: UnsafePointer<Float>, rows: Int, schema: IntermediateSchema, into target: UnsafeMutablePointer<Float>
  ) {
    guard case .maps(let channels, let height, let width) = schema else { preconditionFailure("only maps are pooled") }
    let (columns, pooledColumns) = (schema.columnCount, pooledSchema(of: schema).columnCount)
    let size = windowSize(height: height, width: width)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: channels * width + pooledColumns) { scratch in
      for row in 0..<rows {
        mistique_pool_channels_last(
          values + row * columns, channels, height, width, size, kind == .maximum ? 1 : 0, scratch.baseAddress,
          target + row * pooledColumns)
      }
    }
  }
}
