import CStorageKernels
import TestSupport
import Testing

/// The loops that take zeros out of a frame and put them back, with vectors of every width that the processor has, against a plain one.
@Suite struct FloatPackingTests {
  private typealias Pack<Element> = (UInt32, UnsafePointer<Element>, Int, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Element>) -> Int
  private typealias Expand<Element> = (UInt32, UnsafePointer<UInt8>, UnsafePointer<Element>, Int, UnsafeMutablePointer<Element>) -> Void

  @Test(
    "What is packed are the elements that are not zero, in order, and expanding gives every element back",
    arguments: [512, 256, 0] as [UInt32])
  func packing(widest: UInt32) {
    var random = SeededRandom(seed: UInt64(widest))
    for count in Array(0...150) + [1_000, 4_099] {
      for zeros in [0, 1, 3, 7, 8] {
        func values<Element: FixedWidthInteger & UnsignedInteger>(_: Element.Type) -> [Element] {
          (0..<count).map { _ in
            random.next() % 8 < zeros
              ? 0 : [1, .max, 1 << (Element.bitWidth - 1), Element(truncatingIfNeeded: random.next())][Int(random.next() % 4)]
          }
        }
        check(values(UInt32.self), widest, mistique_floats_pack32_by, mistique_floats_expand32_by)
        check(values(UInt16.self), widest, mistique_floats_pack16_by, mistique_floats_expand16_by)
        check(values(UInt8.self), widest, mistique_floats_pack8_by, mistique_floats_expand8_by)
      }
    }
  }

  private func check<Element: FixedWidthInteger>(_ values: [Element], _ widest: UInt32, _ pack: Pack<Element>, _ expand: Expand<Element>) {
    let count = values.count
    // One more than may be written.
    var mask = [UInt8](repeating: 0x55, count: (count + 7) / 8 + 1)
    var packed = [Element](repeating: 0x55, count: count + 64 + 1)
    let kept = pack(widest, values, count, &mask, &packed)
    let present = values.filter { $0 != 0 }
    #expect(kept == present.count && Array(packed.prefix(kept)) == present)
    #expect((0..<count).allSatisfy { (mask[$0 / 8] >> ($0 % 8)) & 1 == (values[$0] == 0 ? 0 : 1) })
    #expect(mask.last == 0x55 && packed.last == 0x55)
    // What follows the last of them means nothing.
    for place in kept..<count + 64 { packed[place] = 0x33 }
    var expanded = [Element](repeating: 0x55, count: count + 1)
    expand(widest, mask, packed, count, &expanded)
    #expect(Array(expanded.prefix(count)) == values && expanded.last == 0x55)
  }
}
