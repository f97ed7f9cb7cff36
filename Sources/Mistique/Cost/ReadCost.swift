import MistiqueStorage
import Synchronization

/// The t_read of the cost model (paper section 5.1):
///
///     t_read = fixed + frames x perFrame + sum over the kinds of reads of decoded bytes x perByte(kind) + bytes from the disk x perColdByte
///
/// The paper's t_read folds everything into one rate and is off by 37x for small answers. Ours knows exactly which frames an answer
/// needs before it reads one, how they are encoded, and about how many of their bytes the page cache lacks.
final class ReadCost: Sendable {
  /// What is measured.
  enum Part: Hashable, Sendable {
    case fixed
    case frames
    case bytes(ReadKind)
    /// Stored bytes that come from the disk.
    case coldBytes

    static var all: [Part] { [.fixed, .frames, .coldBytes] + ReadKind.allCases.map(bytes) }

    /// As the catalogue calls it.
    var name: String {
      switch self {
      case .fixed: "read.fixed"
      case .frames: "read.frame"
      case .bytes(let kind): "read.byte.\(kind.rawValue)"
      case .coldBytes: "read.coldByte"
      }
    }
  }

  typealias Constants = CostConstants<Part>

  /// Before anything was measured: a tenth of a millisecond, five microseconds for a frame, 1 GB/s in full, a third of it for codes and text, 500 MB/s
  /// from the disk.
  static let defaults = Constants([
    .fixed: 1e-4, .frames: 5e-6, .coldBytes: 2e-9, .bytes(.full): 1e-9, .bytes(.lowPrecision): 1e-9, .bytes(.kbit): 3e-9,
    .bytes(.ladder): 2e-9, .bytes(.base): 1e-9,
    .bytes(.threshold): 3e-8, .bytes(.text): 3e-9, .bytes(.derived): 3e-9,
  ])

  private let state: Mutex<Constants>

  init(_ constants: Constants = defaults) { state = Mutex(constants) }

  var constants: Constants { state.withLock { $0 } }

  /// - Parameter coldBytes: of the stored bytes, those that are not in the page cache.
  func seconds(_ estimate: ReadEstimate, coldBytes: Int = 0) -> Double {
    state.withLock { $0.predicted(Self.amounts(estimate, coldBytes)) }
  }

  /// Whether reads of `kind` have been measured.
  func isMeasured(_ kind: ReadKind) -> Bool { state.withLock { $0.samples[.bytes(kind), default: 0] > 0 } }

  /// Replaces the constants by measured ones: a read of next to nothing and a read of much, which is of `kind`.
  func calibrate(_ kind: ReadKind, small: (ReadEstimate, seconds: Double), large: (ReadEstimate, seconds: Double)) {
    state.withLock { constants in
      if constants.samples[.fixed, default: 0] == 0 { constants.set(.fixed, small.seconds) }
      let rest = Self.amounts(large.0, 0).filter { $0.key != .bytes(kind) }
      let bytes = large.0.parts[kind]?.rawBytes ?? 0
      guard bytes > 0 else { return }
      let least = 0.1 * large.seconds
      constants.set(.bytes(kind), max(large.seconds - constants.predicted(rest), least) / Double(bytes))
    }
  }

  /// Moves the constants towards what a read really took.
  func observe(_ estimate: ReadEstimate, coldBytes: Int, seconds: Double) {
    state.withLock { $0.observe(Self.amounts(estimate, coldBytes), seconds: seconds) }
  }

  private static func amounts(_ estimate: ReadEstimate, _ coldBytes: Int) -> [Part: Double] {
    var amounts: [Part: Double] = [.fixed: 1, .frames: Double(estimate.frames)]
    if coldBytes > 0 { amounts[.coldBytes] = Double(coldBytes) }
    for (kind, part) in estimate.parts where part.rawBytes > 0 { amounts[.bytes(kind)] = Double(part.rawBytes) }
    return amounts
  }
}
