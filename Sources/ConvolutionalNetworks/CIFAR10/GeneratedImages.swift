import Foundation
import Groundwork

/// Images like CIFAR-10's, from a seed: for tests and for people without the data.
///
/// Each image is a cloudy background whose spectrum falls with frequency as that of photographs does, under a striped, coloured disc.
/// The direction and spacing of the stripes and the colour depend on the class; place, size, phase and shade do not. CIFAR10_CNN learns these
/// classes better than those of photographs (98 % of held-out images after four epochs of 8,000 images), so accuracies do not compare. They are *not* photographs: results made from them must say "generated".
///
/// Image *i* depends on the seed and on *i* only, so that any subset has the same bytes as the whole, on every machine: the arithmetic is
/// IEEE float32, without library functions.
public struct GeneratedImages: Sendable {
  /// Decides every image.
  package let seed: UInt64

  /// Generates the images of a seed, the same ones on every machine.
  public init(seed: UInt64) { self.seed = seed }

  /// Images `range` of the endless sequence of this seed.
  /// - Complexity: some 10^5 operations per image, on all cores.
  public func images(_ range: Range<Int>) -> ImageSet {
    precondition(range.lowerBound >= 0, "images \(range)")
    let size = ImageSet.pixelsPerImage
    let labels = range.map(label)
    let pixels = [UInt8](unsafeUninitializedCapacity: range.count * size) { buffer, initialized in
      let target = Canvas(base: buffer.baseAddress!)
      let block = 64
      DispatchQueue.concurrentPerform(iterations: (range.count + block - 1) / block) { part in
        for position in (part * block)..<min((part + 1) * block, range.count) {
          draw(index: range.lowerBound + position, into: target.base + position * size)
        }
      }
      initialized = range.count * size
    }
    return ImageSet(checkedPixels: pixels, labels: labels, source: .generated(seed: seed))
  }

  /// The first `count` images.
  public func images(count: Int) -> ImageSet { images(0..<count) }

  /// The class of image `index`.
  package func label(of index: Int) -> UInt8 {
    var generator = SplitMix64(seed: seed, path: UInt64(index), 0)
    return UInt8(generator.next(below: 10))
  }

  /// Each image is written by exactly one worker, to its own range: sharing the base address is safe.
  private struct Canvas: @unchecked Sendable { let base: UnsafeMutablePointer<UInt8> }

  private static let side = ImageSet.side
  private static let plane = ImageSet.side * ImageSet.side

  private func draw(index: Int, into pixels: UnsafeMutablePointer<UInt8>) {
    var generator = SplitMix64(seed: seed, path: UInt64(index), 1)
    let object = StripedDisc(class: Int(label(of: index)), using: &generator)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.plane) { buffer in
      let light = UnsafeMutableBufferPointer(rebasing: buffer[..<Self.plane])
      let tint = UnsafeMutableBufferPointer(rebasing: buffer[Self.plane...])
      // Colours of a photograph go together: one cloud of light for all channels, a weaker tint for each.
      light.update(repeating: 0)
      addClouds(to: light, finest: 32, strength: 0.85, using: &generator)
      for channel in 0..<ImageSet.channels {
        tint.update(repeating: 0)
        addClouds(to: tint, finest: 8, strength: 0.35, using: &generator)
        for row in 0..<Self.side {
          for column in 0..<Self.side {
            let place = row * Self.side + column
            let value = 0.47 + 0.25 * (light[place] + tint[place] + object.value(row: row, column: column, channel: channel))
            pixels[channel * Self.plane + place] = UInt8(max(0, min(255, (value * 255).rounded())))
          }
        }
      }
    }
  }

  /// Adds octaves of bilinear noise: grids of 2, 4 ... `finest` cells, each half as strong as the one before, which is a 1/f spectrum.
  private func addClouds(
    to field: UnsafeMutableBufferPointer<Float>, finest: Int, strength: Float, using generator: inout SplitMix64
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: (finest + 1) * (finest + 1)) { grid in
      var cells = 2
      var amplitude = strength
      while cells <= finest {
        let width = cells + 1
        for knot in 0..<(width * width) { grid[knot] = generator.normal() * amplitude }
        let scale = Float(cells) / Float(Self.side)
        for row in 0..<Self.side {
          let y = Float(row) * scale
          let top = Int(y)
          let down = y - Float(top)
          for column in 0..<Self.side {
            let x = Float(column) * scale
            let left = Int(x)
            let right = x - Float(left)
            let knot = top * width + left
            let above = grid[knot] + (grid[knot + 1] - grid[knot]) * right
            let below = grid[knot + width] + (grid[knot + width + 1] - grid[knot + width]) * right
            field[row * Self.side + column] += above + (below - above) * down
          }
        }
        cells *= 2
        amplitude *= 0.5
      }
    }
  }
}

/// The object of a generated image.
private struct StripedDisc {
  /// (cosine, sine) of ten directions, 18 degrees apart, as literals: no library function decides a pixel.
  private static let directions: [(x: Float, y: Float)] = [
    (1, 0), (0.951, 0.309), (0.809, 0.588), (0.588, 0.809), (0.309, 0.951), (0, 1), (-0.309, 0.951), (-0.588, 0.809), (-0.809, 0.588),
    (-0.951, 0.309),
  ]
  /// A faint hue for each class and channel.
  private static let hues: [[Float]] = [
    [0.5, -0.2, -0.3], [-0.3, 0.5, -0.2], [-0.2, -0.3, 0.5], [0.4, 0.3, -0.6], [-0.6, 0.4, 0.3], [0.3, -0.6, 0.4], [0.6, 0.1, 0.1],
    [-0.1, -0.6, -0.1], [0.2, 0.2, 0.6], [-0.4, -0.1, -0.4],
  ]

  let centreRow: Float, centreColumn: Float, radiusSquared: Float
  let direction: (x: Float, y: Float)
  let stripesPerPixel: Float, phase: Float, contrast: Float
  let hue: [Float]

  init(class label: Int, using generator: inout SplitMix64) {
    centreRow = 9 + 14 * generator.unit()
    centreColumn = 9 + 14 * generator.unit()
    let radius = 6 + 5 * generator.unit()
    radiusSquared = radius * radius
    direction = Self.directions[label]
    stripesPerPixel = 0.11 + 0.035 * Float(label % 4)
    phase = generator.unit()
    contrast = 0.25 + 0.55 * generator.unit()
    let shade = 0.5 * generator.normal()
    hue = Self.hues[label].map { 0.5 * $0 + shade + 0.4 * generator.normal() }
  }

  func value(row: Int, column: Int, channel: Int) -> Float {
    let y = Float(row) - centreRow
    let x = Float(column) - centreColumn
    guard x * x + y * y < radiusSquared else { return 0 }
    let turns = (x * direction.x + y * direction.y) * stripesPerPixel + phase
    let part = turns - turns.rounded(.down)
    // A parabola through the zeros of a sine: smooth enough, and exact arithmetic.
    let wave = part < 0.5 ? 16 * part * (0.5 - part) : -16 * (part - 0.5) * (1 - part)
    return hue[channel] + contrast * wave
  }
}
