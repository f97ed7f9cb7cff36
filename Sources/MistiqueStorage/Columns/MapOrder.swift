import CStorageKernels

/// How the values of one row of maps lie in memory when they are handed over. What is stored and answered is channel-major always.
public enum MapOrder: Sendable, Hashable {
  /// (c, h, w): the order of an intermediate's columns.
  case channelMajor
  /// (h, w, c): what convolution kernels emit. Handing it over as it is saves a pass over the values.
  case channelsLast
}

extension MapOrder {
  /// Brings one row into channel-major order. Memory and `target`: `schema.columnCount` values each, not overlapping.
  package func bringRow(_ values: UnsafePointer<Float>, of schema: IntermediateSchema, into target: UnsafeMutablePointer<Float>) {
    guard self == .channelsLast, case .maps(let channels, let height, let width) = schema else {
      target.update(from: values, count: schema.columnCount)
      return
    }
    mistique_to_channel_major(values, height * width, channels, target)
  }

  /// Whether rows of a schema are the same in both orders.
  package func isChannelMajor(for schema: IntermediateSchema) -> Bool {
    guard self == .channelsLast, case .maps(let channels, let height, let width) = schema else { return true }
    return channels == 1 || height * width == 1
  }
}
