/// Adversarial images by the fast gradient sign method (Goodfellow, Shlens, Szegedy: Explaining and Harnessing Adversarial Examples, ICLR
/// 2015, arXiv 1412.6572): x + epsilon * sign(gradient of the loss), the step that a linear model would find worst among all that change
/// no pixel by more than epsilon.
///
/// Epsilon is a share of a pixel's whole range: 1 / 255 is one step of a byte. A channel's normalisation, the network's own or CIFAR-10's, divides it
/// by the channel's standard deviation. Pixels stay between black and full.
extension InputGradient {
  /// The adversarial inputs, normalised and not rounded.
  ///
  /// - Parameter epsilon: 0 to 1.
  /// - Returns: `rows.count` x 3,072 float32 as ``InferenceNetwork`` takes them.
  /// - Throws: ``NetworkError``.
  package func adversarialInput(_ images: ImageSet, rows: [Int], epsilon: Double) throws -> [Float] {
    try Self.check(epsilon)
    let signs = try gradients(of: images, rows: rows)
    var input = [Float](repeating: 0, count: signs.count)
    input.withUnsafeMutableBufferPointer { images.write(rows: rows[...], normalization: description.normalization, into: $0) }
    let normalization = description.normalization
    for place in input.indices {
      let channel = Self.channel(of: place)
      let step = Float(epsilon) / (normalization?.deviation ?? Normalization.deviations)[channel]
      let moved = input[place] + step * Self.sign(signs[place])
      let black = normalization?.value(of: 0, channel: channel) ?? Normalization.value(of: 0, channel: channel)
      let full = normalization?.value(of: 1, channel: channel) ?? Normalization.value(of: 255, channel: channel)
      input[place] = min(max(moved, black), full)
    }
    return input
  }

  /// The adversarial images in whole bytes, in the order of `rows` and with their labels: a set like any other, which can be logged and
  /// compared. Pixels move by epsilon * 255, rounded; a step of less than half a byte leaves them as they are.
  ///
  /// - Parameters:
  ///   - images: the clean images.
  ///   - rows: indices into `images`, any order, repeats allowed.
  ///   - epsilon: the size of the step, 0 to 1.
  /// - Throws: ``NetworkError``.
  public func adversarialImages(_ images: ImageSet, rows: [Int], epsilon: Double) throws -> ImageSet {
    try Self.check(epsilon)
    let signs = try gradients(of: images, rows: rows)
    let step = Int((epsilon * 255).rounded())
    let pixels = signs.indices.map { place in
      let (position, pixel) = place.quotientAndRemainder(dividingBy: ImageSet.pixelsPerImage)
      let moved = Int(images.pixels[rows[position] * ImageSet.pixelsPerImage + pixel]) + step * Int(Self.sign(signs[place]))
      return UInt8(clamping: moved)
    }
    return ImageSet(checkedPixels: pixels, labels: rows.map { images.labels[$0] }, source: images.source)
  }

  private static func check(_ epsilon: Double) throws {
    guard epsilon >= 0, epsilon <= 1 else { throw NetworkError.wrongEpsilon(epsilon) }
  }

  private static func channel(of place: Int) -> Int { place % ImageSet.pixelsPerImage / (ImageSet.side * ImageSet.side) }

  /// -1, 0 or 1.
  private static func sign(_ slope: Float) -> Float { slope > 0 ? 1 : slope < 0 ? -1 : 0 }
}
