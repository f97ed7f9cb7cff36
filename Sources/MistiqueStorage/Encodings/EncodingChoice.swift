import CStorageKernels

/// Which encoding a frame gets: the one that was asked for, or the smallest of those that suit its elements.
enum EncodingChoice {
  /// An encoded frame: in which encoding, and how many bytes it takes.
  typealias Encoded = (tag: UInt8, bytes: Int)

  /// Encodes `raw` into `output`, which must have room for `FrameEncodings.bound(raw.count)` bytes.
  ///
  /// With `Codec.automatic` a frame that would not become smaller is stored plain.
  ///
  /// - Throws: `StoreError` with code `invalid` when the codec has a level that its library refuses.
  static func encode(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, codec: Codec, into output: UnsafeMutableRawBufferPointer
  ) throws -> Encoded {
    precondition(output.count >= FrameEncodings.bound(raw.count), "the output buffer is smaller than the bound")
    if let asked = codec.encoding {
      guard let bytes = asked.encode(raw, content, into: output) else {
        throw StoreError(.invalid, "a frame could not be compressed by \(codec)", at: codec.name, remedy: "Use a level of 1 to 9.")
      }
      return (asked.tag, bytes)
    }
    var best = encodeAlone(raw, content, into: output)
    if !content.differences.isEmpty {
      // What takes as many bytes as the frame is stored plain: these need no more room.
      improve(&best, by: [ZstdEncoding(), DifferenceEncoding()], raw, content, room: raw.count, output)
    }
    if let best, best.bytes < raw.count { return best }
    output.copyMemory(from: raw)
    return (PlainEncoding().tag, raw.count)
  }

  /// Encodes a frame by what its elements are, as if no two of its chunks were similar. The result may be larger than the frame; `nil` when no
  /// encoding takes it.
  static func encodeAlone(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, into output: UnsafeMutableRawBufferPointer
  ) -> Encoded? {
    let candidates = candidates(raw, content)
    assert(candidates.allSatisfy { $0.serves(content) }, "frames of \(content.element) are tried in encodings that are not made for them")
    var best: Encoded?
    if let first = candidates.first, let bytes = first.encode(raw, content, into: output) { best = (first.tag, bytes) }
    improve(&best, by: Array(candidates.dropFirst()), raw, content, room: FrameEncodings.bound(raw.count), output)
    return best
  }

  /// The encodings that are tried on a frame of such elements.
  private static func candidates(_ raw: UnsafeRawBufferPointer, _ content: FrameContent) -> [any FrameEncoding] {
    switch content.element {
    case .float32: isOfFewDigits(raw) ? [WordEncoding(bytes: 4)] : [FloatEncoding(.float32)]
    case .float32Column: [WordEncoding(bytes: 4), FloatEncoding(.float32)]
    case .float16: [FloatEncoding(.float16)]
    case .codes: [codes(raw, content)]
    case .words(let bytes): [WordEncoding(bytes: bytes)]
    case .text: [TextEncoding()]
    case .opaque: [ZstdEncoding()]
    }
  }

  /// Neighbours side by side where a sample says that it saves a sixteenth, which it does where codes crowd around one; else a mask and the others.
  private static func codes(_ raw: UnsafeRawBufferPointer, _ content: FrameContent) -> any FrameEncoding {
    // Columns of tables have no neighbours but those that came before them in time.
    guard content.lineLength > 0 else { return FloatEncoding(.codes) }
    let sample = NeighbourSample(raw, lineLength: content.lineLength)
    // Quantile bins, and whatever else is spread out, at the price of one count.
    guard sample.mayCrowd else { return FloatEncoding(.codes) }
    let choice = NeighbourChoice(sample)
    return choice.bitsPerCode * 17 / 16 < sample.bitsPerCodeWithMask ? NeighbourEncoding(choice: choice) : FloatEncoding(.codes)
  }

  /// Replaces `best`, whose bytes lie in `output`, by the first and smallest of `encodings` that is smaller.
  private static func improve(
    _ best: inout Encoded?, by encodings: [any FrameEncoding], _ raw: UnsafeRawBufferPointer, _ content: FrameContent,
    room: Int, _ output: UnsafeMutableRawBufferPointer
  ) {
    guard !encodings.isEmpty else { return }
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 64) { scratch in
      for encoding in encodings {
        guard let bytes = encoding.encode(raw, content, into: scratch), bytes < best?.bytes ?? .max else { continue }
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[..<bytes]))
        best = (encoding.tag, bytes)
      }
    }
  }

  /// Whether float32 values are better encoded by what digits they have than by their magnitudes: such a frame is not put in rungs.
  static func isOfFewDigits(_ raw: UnsafeRawBufferPointer) -> Bool { hasFewValues(raw) || areRounded(raw) }

  /// Tells numbers that were rounded, whose lowest bits are zero, from activations: of 512, nearly all have none in the lowest byte, and some have none
  /// in the next.
  private static func areRounded(_ raw: UnsafeRawBufferPointer) -> Bool {
    let (count, looked) = (raw.count / 4, 512)
    guard count >= 2 * looked else { return false }
    var (present, diverse) = (0, 0)
    for place in 0..<looked {
      let bits = raw.loadUnaligned(fromByteOffset: count / looked * place * 4, as: UInt32.self)
      present += bits & 0x7fff_ffff == 0 ? 0 : 1
      diverse += bits & 0xff == 0 ? 0 : 1
    }
    return present >= 32 && diverse * 16 <= present
  }

  /// Tells numbers of which there are few, such as images (256 grey values, whatever number each is), from activations, all different.
  private static func hasFewValues(_ raw: UnsafeRawBufferPointer) -> Bool {
    guard let base = raw.baseAddress else { return false }
    return mistique_floats_has_few_values(base.assumingMemoryBound(to: UInt32.self), raw.count / 4) != 0
  }
}

extension Codec {
  /// The encoding of every frame; `nil` when each frame's elements decide.
  fileprivate var encoding: (any FrameEncoding)? {
    switch self {
    case .automatic: nil
    case .none: PlainEncoding()
    case .gzip(let level): GzipEncoding(level: level)
    case .zstd(let level): ZstdEncoding(level: level)
    }
  }
}
