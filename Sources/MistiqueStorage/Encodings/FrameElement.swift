/// What the bytes of a frame are, as far as an encoding wants to know. All chunks of a frame have the same.
package enum FrameElement: Sendable, Hashable {
  case float32
  case float16
  /// Codes of 8 bits: many are 0 where the values were.
  case codes
  /// Little-endian words: dates, 64-bit integers and floating-point numbers, booleans, and the validity words before them.
  case words(bytes: Int)
  /// Text, manifests, packed codes: bytes in which only repetitions are looked for.
  case opaque
}

extension ColumnChunkShape {
  package var element: FrameElement {
    guard kind == .values else { return .opaque }
    switch type {
    case .float16: return .float16
    case .codes(let bits): return bits == 8 ? .codes : .opaque
    case .values(.float32): return hasValidity ? .words(bytes: 4) : .float32
    case .values(.text): return .opaque
    case .values(let type): return .words(bytes: type.bytesPerValue ?? 1)
    }
  }
}
