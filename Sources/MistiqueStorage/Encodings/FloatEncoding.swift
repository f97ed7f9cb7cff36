import CStorageKernels

/// Activations: a mask of the zeros, and planes of what is not zero.
///
///     1   flags: 1 = zero mask, 2 = there are negative numbers
///     v   k, how many elements are stored: those that are not zero, or, without a mask, all n
///     s   stream: the mask, (n + 7) / 8 bytes, bit i % 8 of byte i / 8 set where element i is not zero      only with flag 1
///     s   stream: k bytes, the exponents (bits 23...30)            float16: bits 7...14           codes: all 8 bits, and nothing follows
///     2k  bits 7...22 of each, little endian                       float16: nothing
///     p   bits 0...6 of each, with the sign above them under flag 2 (then p = k); without it packed: p = k / 512 x 448 + k % 512
///
/// A stream `s` is drawn at `FrameWriter.writeStream`. Packed: of every 512 bytes, eight rows of 64, bit j of row 7 is the top bit of row j,
/// and row 7 is left out; what is left over of 512 stays as it is.
///
/// Why: two thirds of a ReLU layer are zeros. Of the rest the mantissas are noise, which no codec makes smaller, and the exponents have 2.7 to
/// 3.1 bits of entropy. So only mask and exponents, a fifth of the bytes, are compressed; the others are moved. Measured in
/// `MistiqueStorage.docc/Encodings.md`.
struct FloatEncoding: FrameEncoding {
  /// What the elements are; the raw value is their size in bytes.
  enum Element: Int {
    case codes = 1
    case float16 = 2
    case float32 = 4

    var bytes: Int { rawValue }
  }

  static let hasMask: UInt8 = 1
  static let hasSigns: UInt8 = 2
  /// The kernels read and write whole vectors past the last element.
  static let slack = 64

  let element: Element

  init(_ element: Element) { self.element = element }

  var tag: UInt8 {
    switch element {
    case .float32: 3
    case .float16: 4
    case .codes: 5
    }
  }

  func serves(_ content: FrameContent) -> Bool {
    switch content.element {
    case .float32, .float32Column: element == .float32
    case .float16: element == .float16
    case .codes: element == .codes
    case .words, .text, .opaque: false
    }
  }

  /// The planes together are as large as the frame; beside them there are the mask, the flags and four numbers.
  func bound(_ count: Int) -> Int { count + count / element.bytes / 8 + 40 }

  /// As `FrameEncoding.encode`; `nil` also for a frame that is empty or not of whole elements.
  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    guard let base = raw.baseAddress, raw.count > 0, raw.count % element.bytes == 0, !room.isEmpty else { return nil }
    let count = raw.count / element.bytes
    return FrameWorker.lend { worker in
      let packed = worker.memory(.frame, bytes: raw.count + Self.slack * element.bytes)
      let mask = UnsafeMutableRawBufferPointer(start: worker.memory(.bitmaps, bytes: (count + 7) / 8), count: (count + 7) / 8)
      let present = pack(base, count, mask: mask.baseAddress!.assumingMemoryBound(to: UInt8.self), packed: packed)
      // A code takes at most a byte: a mask of an eighth more pays from a fifth of zeros on.
      let masks = element == .codes ? present < count - count / 5 : present < count
      let kept = masks ? present : count
      var writer = FrameWriter(room)
      writer.write(masks ? Self.hasMask : 0)
      writer.writeVariable(kept)
      if masks { writer.writeStream(UnsafeRawBufferPointer(mask), .frequencies, worker) }
      if writePlanes(masks ? UnsafeRawPointer(packed) : base, kept, to: &writer, worker) { room[0] |= Self.hasSigns }
      return writer.overflowed ? nil : writer.count
    }
  }

  private func pack(
    _ values: UnsafeRawPointer, _ count: Int, mask: UnsafeMutablePointer<UInt8>, packed: UnsafeMutableRawPointer
  ) -> Int {
    switch element {
    case .float32:
      mistique_floats_pack32(values.assumingMemoryBound(to: UInt32.self), count, mask, packed.assumingMemoryBound(to: UInt32.self))
    case .float16:
      mistique_floats_pack16(values.assumingMemoryBound(to: UInt16.self), count, mask, packed.assumingMemoryBound(to: UInt16.self))
    case .codes:
      mistique_floats_pack8(values.assumingMemoryBound(to: UInt8.self), count, mask, packed.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Returns whether there are negative numbers.
  private func writePlanes(_ source: UnsafeRawPointer, _ count: Int, to writer: inout FrameWriter, _ worker: FrameWorker) -> Bool {
    guard element != .codes else {
      writer.writeStream(UnsafeRawBufferPointer(start: source, count: count), .frequencies, worker)
      return false
    }
    let exponents = worker.memory(.planes, bytes: count).assumingMemoryBound(to: UInt8.self)
    let lower = worker.memory(.codes, bytes: count).assumingMemoryBound(to: UInt8.self)
    let signs: UInt32
    if element == .float32 {
      let upper = worker.memory(.transformed, bytes: 2 * count)
      signs = mistique_floats_split32(
        source.assumingMemoryBound(to: UInt32.self), count, exponents, upper.assumingMemoryBound(to: UInt16.self), lower)
      writer.writeStream(UnsafeRawBufferPointer(start: exponents, count: count), .frequencies, worker)
      writer.write(bytes: UnsafeRawBufferPointer(start: upper, count: 2 * count))
    } else {
      signs = mistique_floats_split16(source.assumingMemoryBound(to: UInt16.self), count, exponents, lower)
      writer.writeStream(UnsafeRawBufferPointer(start: exponents, count: count), .frequencies, worker)
    }
    if signs != 0 {
      writer.write(bytes: UnsafeRawBufferPointer(start: lower, count: count))
    } else {
      let size = mistique_floats_pack7(lower, count, exponents)  // the exponents are written: their memory is free
      writer.write(bytes: UnsafeRawBufferPointer(start: exponents, count: size))
    }
    return signs != 0
  }
}
