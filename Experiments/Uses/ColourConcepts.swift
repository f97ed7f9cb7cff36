/// Colours as concepts of NETDISSECT: each pixel shows exactly one, by its hue, saturation and brightness.
///
/// Bau et al. have labelled pictures (the Broden set), whose colours are the eleven that English has names for. CIFAR-10 has no such labels; these
/// rules take their place. With r, g, b in 0...1, brightness V is the largest of them and saturation S is (V - the smallest) / V.
///
///     dark     V < 0.25
///     white    V >= 0.75 and S < 0.15        grey   V < 0.75 and S < 0.15
///     else by hue: red 345...15, brown or orange 15...45, yellow 45...70, green 70...165, cyan 165...195, blue 195...255, purple 255...345
enum ColourConcepts {
  static let names = ["dark", "grey", "white", "red", "orange", "yellow", "green", "cyan", "blue", "purple"]

  /// The place of a pixel's concept in `names`. Exact: it compares whole numbers.
  static func concept(red: Int, green: Int, blue: Int) -> Int {
    let (most, least) = (max(red, green, blue), min(red, green, blue))
    if 4 * most < 255 { return 0 }
    let spread = most - least
    if 20 * spread < 3 * most { return 4 * most >= 3 * 255 ? 2 : 1 }
    let hue = hue(red, green, blue, most: most, spread: spread)
    // Where red, orange, yellow, green, cyan, blue and purple end.
    let ends = [15, 45, 70, 165, 195, 255, 345]
    let place = ends.firstIndex { hue < Double($0) } ?? 0
    return 3 + place
  }

  /// In degrees, 0..<360. `spread` is above zero.
  private static func hue(_ red: Int, _ green: Int, _ blue: Int, most: Int, spread: Int) -> Double {
    let sixth =
      switch most {
      case red: Double(green - blue) / Double(spread)
      case green: 2 + Double(blue - red) / Double(spread)
      default: 4 + Double(red - green) / Double(spread)
      }
    return (sixth < 0 ? sixth + 6 : sixth) * 60
  }

  /// For each colour `0xRRGGBB`, the bit of its concept.
  static func shown(_ colours: [UInt32]) -> [UInt32] {
    colours.map { 1 << UInt32(concept(red: Int($0 >> 16), green: Int($0 >> 8 & 0xFF), blue: Int($0 & 0xFF))) }
  }
}
