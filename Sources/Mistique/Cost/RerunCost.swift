import Synchronization

/// The t_rerun of the cost model (paper section 5.1):
///
///     t_rerun = restore + fixed + reading what it starts from + sum over the stages that run + bytes of the answer x perByteHandedOver(kind)
///
/// The paper's t_rerun ends when the last stage has run. Handing over a wide layer takes longer than computing it (262 MB of CIFAR10_CNN's
/// layer 1: 0.05 s to compute, 0.4 s to hand over), so that rate is measured too, apart for layers and for frames, and every re-run corrects it.
final class RerunCost: Sendable {
  /// What is measured beside stages and restoring.
  enum Part: String, CaseIterable, Sendable {
    case fixed
    case mapBytes
    case frameBytes

    /// As the catalogue calls it.
    var name: String { "rerun.\(rawValue)" }
  }

  typealias Constants = CostConstants<Part>

  /// Until they were measured: a tenth of a millisecond, half a nanosecond per byte of a layer, and a tenth of that for a frame, whose columns are
  /// handed over without a copy.
  static let defaults = Constants([.fixed: 1e-4, .mapBytes: 5e-10, .frameBytes: 5e-11])

  private let state: Mutex<Constants>

  init(_ constants: Constants = defaults) { state = Mutex(constants) }

  var constants: Constants { state.withLock { $0 } }

  /// Seconds of handing over `answers`, beside what restoring, reading and stages take.
  func handOverSeconds(_ answers: [Answer]) -> Double { state.withLock { $0.predicted(Self.amounts(answers)) } }

  /// Corrects the constants by what a re-run took beside restoring, reading and its stages.
  func observe(_ answers: [Answer], seconds: Double) { state.withLock { $0.observe(Self.amounts(answers), seconds: seconds) } }

  /// Bytes that a re-run hands over.
  struct Answer: Sendable {
    let bytes: Int
    /// Of a network's layer, and not of a frame.
    let isMaps: Bool
  }

  private static func amounts(_ answers: [Answer]) -> [Part: Double] {
    answers.reduce(into: [.fixed: 1]) { $0[$1.isMaps ? .mapBytes : .frameBytes, default: 0] += Double($1.bytes) }
  }
}

extension Duration {
  /// As a floating-point number of seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
