/// A hash of activations, image by image, whatever pieces they come in: to see that two runs gave the same bits.
struct ActivationDigest {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Takes the next values.
  mutating func take(_ values: UnsafeBufferPointer<Float>) {
    var state = self.state
    for value in values { state = (state ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01b3 }
    self.state = state
  }

  /// 32 bits, which a recorded number holds exactly.
  var value: Int { Int((state ^ (state >> 32)) & 0xffff_ffff) }
}
