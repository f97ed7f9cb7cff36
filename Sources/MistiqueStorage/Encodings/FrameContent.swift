/// What the bytes of a frame are, as far as encodings care. All chunks of a frame have the same.
enum FrameElement: Sendable, Hashable {
  case float32
  /// A pipeline's column of float32 without gaps: predictions, which may be few, of few digits, or as diverse as activations.
  case float32Column
  case float16
  /// Codes of 8 bits: many are 0, where the values were 0.
  case codes
  /// Little-endian words: dates, 64-bit integers and floating-point numbers, booleans, and the validity words before them.
  case words(bytes: Int)
  case text
  /// Manifests, packed codes: bytes in which only repetitions are looked for.
  case opaque
}

extension ColumnChunkShape {
  var element: FrameElement {
    guard kind == .values else { return .opaque }
    switch type {
    case .float16: return hasValidity ? .opaque : .float16
    case .codes(let bits): return bits == 8 && !hasValidity ? .codes : .opaque
    case .values(.float32): return hasValidity ? .words(bytes: 4) : width == 1 ? .float32Column : .float32
    case .values(.text): return .text
    case .values(let type): return .words(bytes: type.bytesPerValue ?? 1)
    }
  }
}

/// What the bytes of a frame are, and what lies where in them.
struct FrameContent: Sendable, Hashable {
  let element: FrameElement
  /// Validity bitmaps of words.
  var bitmaps: [BitmapPlace] = []
  var texts: [TextChunkPlace] = []
  /// Chunks that resemble an earlier one of the frame, ascending.
  var differences: [DifferenceEncoding.Difference] = []
  /// Codes of a line of a map, so that neighbours above each other are known too; 0 where there are no maps.
  var lineLength = 0
  /// What the base of a ladder rounds the values to; `nil` where they are stored in one piece.
  var grid: UniformGrid?
  private var bytes = 0

  init(_ element: FrameElement) { self.element = element }

  /// Of `chunk`, and others of its shape.
  init(_ chunk: ColumnChunk) {
    self.init(chunk.shape, grid: chunk.grid)
  }

  /// Of chunks of `shape`.
  init(_ shape: ColumnChunkShape, grid: UniformGrid? = nil) {
    element = shape.element
    self.grid = grid
    guard element == .codes || grid != nil, shape.width > 1 else { return }
    // A chunk of maps does not tell their height and width. Nearly all are squares; else rows of the chunk are put above each other.
    let side = Int(Double(shape.width).squareRoot())
    lineLength = side * side == shape.width ? side : shape.width
  }

  /// Adds a whole chunk after those that are there.
  mutating func append(_ shape: ColumnChunkShape, bytes count: Int) {
    switch element {
    case .words where shape.hasValidity && shape.rows > 0: bitmaps.append(BitmapPlace(offset: bytes, rows: shape.rows))
    case .text: texts.append(TextChunkPlace(rows: shape.rows, hasValidity: shape.hasValidity, bytes: count))
    default: break
    }
    bytes += count
  }
}
