/// The encodings there are. `MistiqueStorage.docc/Format.md` draws what each of them writes, by its tag.
enum FrameEncodings {
  static let all: [any FrameEncoding] = [
    PlainEncoding(),
    GzipEncoding(),
    ZstdEncoding(),
    FloatEncoding(.float32),
    FloatEncoding(.float16),
    FloatEncoding(.codes),
    WordEncoding(bytes: 1),
    WordEncoding(bytes: 2),
    WordEncoding(bytes: 4),
    WordEncoding(bytes: 8),
    TextEncoding(),
    DifferenceEncoding(),
    NeighbourEncoding(),
  ]

  private static let byTag = Dictionary(uniqueKeysWithValues: all.map { ($0.tag, $0) })

  /// The most bytes that any encoding emits for a frame of `count` bytes.
  static func bound(_ count: Int) -> Int { all.reduce(0) { max($0, $1.bound(count)) } }

  /// Decodes a frame into all of `output`.
  ///
  /// - Parameter tag: of the encoding, from the frame's directory entry.
  /// - Throws: `StoreError` with code `corrupt` when `stored` is not a frame of `output.count` bytes in this encoding, with code
  ///   `unsupportedVersion` when no encoding has the tag.
  static func decode(
    _ stored: UnsafeRawBufferPointer, tag: UInt8, into output: UnsafeMutableRawBufferPointer, place: String
  ) throws {
    guard let encoding = byTag[tag] else {
      throw StoreError(
        .unsupportedVersion, "a frame has encoding \(tag), which this version does not know", at: place,
        remedy: "Read the store with a newer version of Mistique.")
    }
    try encoding.decode(stored, into: output, place: place)
  }
}
