import TestSupport

@testable import MistiqueStorage

/// A frame as the store would hand it over, or a hostile one.
struct SampleFrame: CustomStringConvertible, Sendable {
  let name: String
  var raw: [UInt8]
  var content: FrameContent
  /// Whether `content` says of `raw` what is so; where it does not, an encoding may refuse the frame.
  var isSound = true
  /// What must be chosen for words; `nil` where nothing is promised.
  var expected: WordEncoding.Body?

  var description: String { "\(name), \(raw.count) bytes of \(content.element)" }

  init(_ name: String, _ raw: [UInt8], _ content: FrameContent, isSound: Bool = true) {
    self.name = name
    self.raw = raw
    self.content = content
    self.isSound = isSound
  }

  /// A frame of each kind and of no kind, and a few that are not what they are said to be: what every encoding is tried on.
  static let all = words + texts + activations + codes + similar + unsound

  /// A few of each, small ones, for what is done with a frame many times.
  static let few =
    words.filter { $0.raw.count <= 9000 }.enumerated().filter { $0.offset % 7 == 0 }.map(\.element) + texts + similar
    + codes.filter { $0.raw.count <= 3000 } + activations.filter { (1...9000).contains($0.raw.count) }

  /// The frame in `encoding`, in a room of the bound; `nil` when it is refused.
  func encoded(_ encoding: some FrameEncoding) -> [UInt8]? {
    var output = [UInt8](repeating: 0xAA, count: encoding.bound(raw.count))
    let size = raw.withUnsafeBytes { raw in output.withUnsafeMutableBytes { encoding.encode(raw, content, into: $0) } }
    return size.map { Array(output[..<$0]) }
  }

  /// The frame as `EncodingChoice` encodes it: by the encoding of which tag, and the bytes.
  func stored(_ codec: Codec = .automatic) throws -> (tag: UInt8, bytes: [UInt8]) {
    var output = [UInt8](repeating: 0, count: FrameEncodings.bound(raw.count))
    let (tag, size) = try raw.withUnsafeBytes { raw in
      try output.withUnsafeMutableBytes { try EncodingChoice.encode(raw, content, codec: codec, into: $0) }
    }
    return (tag, Array(output[..<size]))
  }

  /// `count` bytes decoded from stored ones.
  static func decoded(_ stored: (tag: UInt8, bytes: [UInt8]), count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 7, count: count)
    try stored.bytes.withUnsafeBytes { bytes in
      try output.withUnsafeMutableBytes { try FrameEncodings.decode(bytes, tag: stored.tag, into: $0, place: "test") }
    }
    return output
  }

  /// Frames whose content is wrong: bitmaps, texts and similar chunks that are somewhere else or nowhere.
  private static let unsound: [SampleFrame] = {
    let text = texts[0]
    var frames = [
      [], [TextChunkPlace(rows: 9_999, hasValidity: true, bytes: text.raw.count)], [TextChunkPlace(rows: 1, hasValidity: false, bytes: 3)],
      [TextChunkPlace(rows: 1000, hasValidity: true, bytes: text.raw.count)],
    ].map { chunks in
      var content = FrameContent(.text)
      content.texts = chunks
      return SampleFrame("texts in \(chunks.count) wrong chunks", text.raw, content, isSound: false)
    }
    for (offset, rows) in [(0, 1 << 20), (8, 3), (-8, 10), (40, 0)] {
      var content = FrameContent(.words(bytes: 8))
      content.bitmaps = [BitmapPlace(offset: 8, rows: 20), BitmapPlace(offset: offset, rows: rows)]
      frames.append(SampleFrame("wrong bitmaps", bytes((0..<100).map { UInt64($0 % 5) }), content, isSound: false))
    }
    for (offset, count, reference) in [(400, 400, 0), (0, 400, 0), (400, 8, 396), (792, 16, 0), (400, -8, 0), (-400, 8, -800)] {
      var content = FrameContent(.float32)
      content.differences = [.init(offset: offset, bytes: count, reference: reference)]
      frames.append(SampleFrame("wrong differences", bytes((0..<200).map { Float($0) }), content, isSound: offset == 400 && count == 400))
    }
    return frames
  }()
}

/// The little-endian bytes of numbers.
func bytes<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

/// The lowest bytes of words.
func bytes(_ words: [UInt64], each count: Int) -> [UInt8] {
  words.flatMap { word in (0..<count).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
}
