/// The input of every network: (pixel / 255 - mean of the channel) / standard deviation of the channel, as float32.
///
/// The constants are those of CIFAR-10's 50,000 training images and do not depend on the images at hand, so that one image gives the same
/// input in every subset.
package enum Normalization {
  /// Mean of the red, green and blue channel, on a scale of 0 to 1.
  package static let means: [Float] = [0.4914, 0.4822, 0.4465]
  /// Standard deviation of the red, green and blue channel, on the same scale.
  package static let deviations: [Float] = [0.2470, 0.2435, 0.2616]

  /// 3 x 256 values: a byte has few values, so that a table replaces the arithmetic and every call gives the same bits.
  private static let table: [Float] = (0..<3).flatMap { channel in
    (0..<256).map { (Float($0) / 255 - means[channel]) / deviations[channel] }
  }

  /// The normalised value of one byte of one channel.
  package static func value(of pixel: UInt8, channel: Int) -> Float { table[channel * 256 + Int(pixel)] }

  fileprivate static func withTable(_ body: (UnsafeBufferPointer<Float>) -> Void) { table.withUnsafeBufferPointer(body) }
}

extension ImageSet {
  /// Writes the normalised images of `rows`, one after the other in the order given, into the caller's buffer (n x 3 x 32 x 32 float32).
  ///
  /// - Precondition: every row is below `count`; `buffer` has room for `rows.count` x 3,072 values. The rest of it is left as it is.
  /// - Complexity: 3,072 table look-ups per image.
  package func normalize(rows: some Collection<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
    Normalization.withTable { write(rows: rows, by: $0, into: buffer) }
  }

  /// Writes images as `table` has their bytes: 256 values for each channel.
  func write(rows: some Collection<Int>, by table: UnsafeBufferPointer<Float>, into buffer: UnsafeMutableBufferPointer<Float>) {
    let size = Self.pixelsPerImage
    let plane = Self.side * Self.side
    precondition(buffer.count >= rows.count * size, "a buffer of \(buffer.count) values is too small for \(rows.count) images")
    pixels.withUnsafeBufferPointer { pixels in
      for (position, row) in rows.enumerated() {
        precondition(row >= 0 && row < count, "row \(row) of \(count) images")
        for channel in 0..<Self.channels {
          let from = row * size + channel * plane
          let to = position * size + channel * plane
          for pixel in 0..<plane { buffer[to + pixel] = table[channel << 8 | Int(pixels[from + pixel])] }
        }
      }
    }
  }

  /// Mirrors one normalised image in `image` (3,072 values) left to right, in place.
  static func mirror(_ image: UnsafeMutablePointer<Float>) {
    for line in 0..<(channels * side) {
      let start = image + line * side
      for column in 0..<(side / 2) {
        let kept = start[column]
        start[column] = start[side - 1 - column]
        start[side - 1 - column] = kept
      }
    }
  }
}
