import Foundation

/// Viridis at nine stops with straight lines between them in sRGB, which heat maps are drawn in, and how different its colours look.
enum ColourScale {
  private static let stops: [UInt32] = [
    0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
  ]

  /// A colour in CIELAB under D65: lightness 0...100, and two axes of about -100...100.
  typealias Lab = SIMD3<Double>

  /// - Parameter place: 0...1 along the scale; clamped.
  static func colour(at place: Double) -> Lab {
    let position = min(1, max(0, place)) * Double(stops.count - 1)
    let stop = min(stops.count - 2, Int(position))
    let (start, end) = (rgb(stops[stop]), rgb(stops[stop + 1]))
    return lab(start + (end - start) * (position - Double(stop)))
  }

  /// The CIE 1976 colour difference, delta E*ab.
  static func difference(_ first: Lab, _ second: Lab) -> Double {
    let difference = first - second
    return (difference * difference).sum().squareRoot()
  }

  private static func rgb(_ hexadecimal: UInt32) -> SIMD3<Double> {
    SIMD3(Double(hexadecimal >> 16 & 0xFF), Double(hexadecimal >> 8 & 0xFF), Double(hexadecimal & 0xFF)) / 255
  }

  /// sRGB (IEC 61966-2-1) to XYZ to CIELAB (CIE 15), white D65.
  private static func lab(_ rgb: SIMD3<Double>) -> Lab {
    func linear(_ value: Double) -> Double { value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }
    let (red, green, blue) = (linear(rgb.x), linear(rgb.y), linear(rgb.z))
    func root(_ value: Double) -> Double { value > 216.0 / 24_389 ? cbrt(value) : (24_389.0 / 27 * value + 16) / 116 }
    let x = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    let y = root(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
    let z = root((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))
  }
}
