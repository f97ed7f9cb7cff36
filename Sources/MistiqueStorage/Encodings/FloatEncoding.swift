import CStorageKernels
import Glibc

/// Activations: a mask of the zeros, and planes of what is not zero.
///
///     1   flags: 1 = zero mask, 2 = there are negative numbers
///     4   k, how many elements are not zero (all of them without a mask)
///     s   stream: the mask, (n + 7) / 8 bytes, bit i % 8 of byte i / 8 set where element i is not zero      only with flag 1
///     s   stream: k bytes, the exponents (bits 23...30)            float16: bits 7...14           codes: all 8 bits, and nothing follows
///     2k  bits 7...22 of each, little endian                       float16: nothing
///     p   bits 0...6 of each, with the sign above them under flag 2 (then p = k); without it packed: p = k / 512 x 448 + k % 512
///
/// A stream is drawn at `StreamWriter`. Packed: of every 512 bytes, eight rows of 64, bit j of row 7 is the top bit of row j, and row 7 is left
/// out; what is left over of 512 stays as it is.
///
/// Why: two thirds of a ReLU layer are zeros. Of the rest the mantissas are noise, which no codec makes smaller, and the exponents have 2.7 to
/// 3.1 bits of entropy. So only mask and exponents, a fifth of the bytes, are compressed; the others are moved. Measured in
/// `MistiqueStorage.docc/Encodings.md`.
enum FloatEncoding {
  /// What the elements are.
  enum Element: Int {
    case codes = 1
    case float16 = 2
    case float32 = 4

    var bytes: Int { rawValue }
  }

  private static let hasMask: UInt8 = 1
  private static let hasSigns: UInt8 = 2
  /// The kernels read and write whole vectors past the last element.
  private static let slack = 64

  /// The most bytes that `encode` writes.
  static func bound(_ count: Int) -> Int { count + count / 8 + 1024 }

  /// Encodes `raw`, whole elements, into `output` of at least `bound(raw.count)` bytes; returns how many were written.
  static func encode(_ raw: UnsafeRawBufferPointer, _ element: Element, into output: UnsafeMutableRawBufferPointer) -> Int {
    precondition(raw.count % element.bytes == 0 && output.count >= bound(raw.count), "whole elements and room for them are needed")
    let count = raw.count / element.bytes
    let maskBytes = (count + 7) / 8
    let packedBytes = (count + slack) * element.bytes
    return withUnsafeTemporaryAllocation(byteCount: packedBytes + maskBytes + count + slack, alignment: 64) { scratch in
      let packed = scratch.baseAddress!
      let plane = packed + packedBytes
      let mask = UnsafeMutableRawBufferPointer(start: plane + count + slack, count: maskBytes)
      let present = pack(raw, element, mask: mask.baseAddress!, packed: packed)
      // A byte takes at most one: a mask of an eighth more pays from a fifth of zeros on.
      let masks = element == .codes ? present < count - count / 5 : present < count
      let source = masks ? UnsafeRawBufferPointer(start: packed, count: present * element.bytes) : raw
      let kept = masks ? present : count
      var writer = StreamWriter(output)
      writer.write(byte: masks ? hasMask : 0)
      writer.write(UInt32(kept))
      if masks { writer.write(stream: UnsafeRawBufferPointer(mask)) }
      writePlanes(source, kept, element, plane: plane, to: &writer) { output[0] |= hasSigns }
      return writer.count
    }
  }

  private static func pack(
    _ raw: UnsafeRawBufferPointer, _ element: Element, mask: UnsafeMutableRawPointer, packed: UnsafeMutableRawPointer
  ) -> Int {
    let count = raw.count / element.bytes
    let mask = mask.assumingMemoryBound(to: UInt8.self)
    guard let base = raw.baseAddress else { return 0 }
    switch element {
    case .float32: return mistique_pack32(base.assumingMemoryBound(to: UInt32.self), count, mask, packed.assumingMemoryBound(to: UInt32.self))
    case .float16: return mistique_pack16(base.assumingMemoryBound(to: UInt16.self), count, mask, packed.assumingMemoryBound(to: UInt16.self))
    case .codes: return mistique_pack8(base.assumingMemoryBound(to: UInt8.self), count, mask, packed.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// `plane` has room for `count` bytes, three planes' worth is taken in turn.
  private static func writePlanes(
    _ source: UnsafeRawBufferPointer, _ count: Int, _ element: Element, plane: UnsafeMutableRawPointer, to writer: inout StreamWriter,
    signed: () -> Void
  ) {
    guard element != .codes, let base = source.baseAddress, count > 0 else { return writer.write(stream: source) }
    let exponents = plane.assumingMemoryBound(to: UInt8.self)
    withUnsafeTemporaryAllocation(byteCount: 3 * count, alignment: 64) { planes in
      let lower = planes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      let upper = UnsafeMutableRawPointer(lower + (count + 1) / 2 * 2).assumingMemoryBound(to: UInt16.self)
      let signs: UInt32
      switch element {
      case .float32: signs = mistique_split32(base.assumingMemoryBound(to: UInt32.self), count, exponents, upper, lower)
      default: signs = mistique_split16(base.assumingMemoryBound(to: UInt16.self), count, exponents, lower)
      }
      if signs != 0 { signed() }
      writer.write(stream: UnsafeRawBufferPointer(start: exponents, count: count))
      if element == .float32 { writer.writeRaw(2 * count) { memcpy($0.baseAddress!, upper, 2 * count) } }
      if signs != 0 {
        writer.writeRaw(count) { memcpy($0.baseAddress!, lower, count) }
      } else {
        writer.writeRaw(mistique_packed7(count)) { _ = mistique_pack7(lower, count, $0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
      }
    }
  }
}
