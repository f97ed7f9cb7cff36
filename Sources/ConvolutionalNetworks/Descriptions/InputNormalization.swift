/// What is done to a network's input before layer 1 reads it: (x - mean) / deviation, channel by channel, in float32.
///
/// x is a byte / 255 where the input is bytes, and else the value as it is. PyTorch's `Normalize(mean, std)` behind `ToTensor()`.
public struct InputNormalization: Sendable, Hashable, Codable {
  /// One per channel.
  public let mean: [Float]
  /// One per channel, none of them 0.
  public let deviation: [Float]

  /// `NetworkDescription.layers()` checks whether there is one of each per channel.
  public init(mean: [Float], deviation: [Float]) { (self.mean, self.deviation) = (mean, deviation) }

  func fits(channels: Int) -> Bool {
    mean.count == channels && deviation.count == channels && mean.allSatisfy(\.isFinite)
      && deviation.allSatisfy { $0.isFinite && $0 > 0 }
  }

  /// The input of a value of a channel.
  package func value(of value: Float, channel: Int) -> Float { (value - mean[channel]) / deviation[channel] }
}
