/// Whether bytes are valid UTF-8 by The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF.
enum UTF8Check {
  /// The place of the first byte that no valid text could have there; `nil` when all bytes are valid. Complexity: O(bytes).
  static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var place = 0
    while place < bytes.count {
      let lead = bytes[place]
      if lead < 0x80 {
        place += 1
        continue
      }
      let length: Int
      var (lowest, highest): (UInt8, UInt8) = (0x80, 0xBF)
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, lowest) = (3, 0xA0)
      case 0xED: (length, highest) = (3, 0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, lowest) = (4, 0x90)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, highest) = (4, 0x8F)
      default: return place
      }
      for follower in 1..<length {
        guard place + follower < bytes.count, bytes[place + follower] >= lowest, bytes[place + follower] <= highest else { return place }
        (lowest, highest) = (0x80, 0xBF)
      }
      place += length
    }
    return nil
  }
}
