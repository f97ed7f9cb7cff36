import TestSupport

@testable import MistiqueStorage

extension SampleFrame {
  private static let elements: [FrameElement] = [
    .float32, .float32Column, .float16, .codes, .opaque, .words(bytes: 1), .words(bytes: 2), .words(bytes: 4), .words(bytes: 8), .text,
  ]

  /// Activations of every share of zeros, with signs and without, odd numbers, noise: each as every element.
  static let activations: [SampleFrame] = {
    var random = SeededRandom(seed: 41)
    let special: [Float] = [.nan, -.zero, .infinity, -.infinity, .leastNonzeroMagnitude, Float(bitPattern: .max), 0, 0, 0, 1]
    func floats(_ count: Int, zeros: Double, _ other: () -> Float) -> [UInt8] {
      bytes((0..<count).map { _ in random.unit() < zeros ? 0 : other() })
    }
    var raws: [(String, [UInt8])] = [
      ("nothing", []), ("zeros", [UInt8](repeating: 0, count: 4096)), ("ones", bytes([Float](repeating: 1, count: 1000))),
    ]
    for count in [2, 4, 26, 64, 510, 512, 514, 1500, 16_386] {
      raws.append(("activations", MistiqueStorageTests.activations(count, seed: UInt64(count)).withUnsafeBytes { Array($0) }))
      for zeros in [0.0, 0.04, 0.6] {
        raws.append(("normal numbers, \(zeros) zeros", floats(count, zeros: zeros) { Float(random.unit() - 0.5) }))
        raws.append(
          ("any bits, \(zeros) zeros", floats(count, zeros: zeros) { Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }))
        raws.append(("odd numbers, \(zeros) zeros", floats(count, zeros: zeros) { special.randomElement(using: &random)! }))
      }
    }
    let large = raws.filter { $0.1.count > 9000 }.flatMap { raw in [FrameElement.float32, .float16, .codes, .opaque].map { (raw, $0) } }
    let small = raws.filter { $0.1.count <= 9000 }.enumerated().flatMap { place, raw in
      // Every third of them as each element; all of them, over all elements.
      elements.enumerated().filter { ($0.offset + place) % 3 == 0 || raw.1.isEmpty }.map { (raw, $0.element) }
    }
    return (small + large).map { SampleFrame($0.0, $0.1, FrameContent($1)) }
  }()

  /// Codes that crowd around one of them, in lines, with few, many and only escapes.
  static let codes: [SampleFrame] = {
    var random = SeededRandom(seed: 42)
    return [1, 2, 3, 7, 31, 63, 64, 65, 130, 1000, 2999, 5000, 70_001].flatMap { count in
      [(128, 0.4), (0, 1.5), (254, 3), (7, 40)].flatMap { centre, spread in
        [0, 1, 4, 7, 32, 6000].map { line in
          let raw = (0..<count).map { _ in UInt8(truncatingIfNeeded: centre + Int((random.normal() * spread).rounded())) }
          var content = FrameContent(.codes)
          content.lineLength = line
          return SampleFrame("codes around \(centre) in lines of \(line)", raw, content)
        }
      }
    }
  }()

  /// Chunks of which the second and third resemble the ones before.
  static let similar: [SampleFrame] = elements.flatMap { element in
    [24, 400, 8000].map { size in
      let first = MistiqueStorageTests.activations(size / 4, seed: UInt64(size)).withUnsafeBytes { Array($0) }
      let second = first.enumerated().map { $0 % 40 == 3 ? $1 ^ 1 : $1 }
      let third = second.enumerated().map { $0 % 56 == 1 ? $1 ^ 3 : $1 }
      var content = FrameContent(element)
      content.differences = [.init(offset: size, bytes: size, reference: 0), .init(offset: 2 * size, bytes: size, reference: size)]
      return SampleFrame("similar chunks", first + second + third, content)
    }
  }
}
