/// The characters of the bytes 0x80 to 0x9F in Windows-1252, which differs from Latin-1 in these alone.
/// Source: https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT.
enum Windows1252 {
  /// The bytes that are control characters in Latin-1, where texts have none of them.
  static let ownBytes: ClosedRange<UInt8> = 0x80...0x9F

  /// By the byte less 0x80; 0 for the five that are no character.
  private static let scalars: [UInt32] = [
    0x20AC, 0, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0, 0x17E, 0x178,
  ]

  /// The character of one of `ownBytes`; `nil` for one that is none.
  static func scalar(of byte: UInt8) -> UInt32? {
    let scalar = scalars[Int(byte - ownBytes.lowerBound)]
    return scalar == 0 ? nil : scalar
  }
}
