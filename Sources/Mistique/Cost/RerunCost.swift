import Synchronization

/// The t_rerun of the cost model (paper section 5.1):
///
///     t_rerun = restore + fixed + reading what it starts from + sum over the stages that run + bytes of the answer x perByteHandedOver(kind)
///               + bytes of the layers that the answer is picked from x perBytePassed
///
/// The paper's t_rerun ends when the last stage has run. Handing over a wide layer takes longer than computing it (262 MB of CIFAR10_CNN's
/// layer 1: 0.05 s to compute, 0.4 s to hand over), so that rate is measured too, apart for layers and for frames, and every re-run corrects it.
/// One map of a layer lies between all others: picking it passes over the layer (1.3 MB out of 84 MB: 6 ms, and all of it 13 ms).
final class RerunCost: Sendable {
  /// What is measured beside stages and restoring.
  enum Part: String, CaseIterable, Sendable {
    case fixed
    case mapBytes
    case layerBytes
    case frameBytes

    /// As the catalogue calls it.
    var name: String { "rerun.\(rawValue)" }
  }

  typealias Constants = CostConstants<Part>

  /// Until they were measured: a tenth of a millisecond, half a nanosecond per byte of a whole layer, and a tenth of that for a frame, whose columns
  /// are handed over without a copy.
  static let defaults = Constants([.fixed: 1e-4, .mapBytes: 4e-10, .layerBytes: 1e-10, .frameBytes: 5e-11])

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
    /// Of the layer that it is picked from, for the asked rows; `nil` for a frame.
    let layerBytes: Int?
  }

  private static func amounts(_ answers: [Answer]) -> [Part: Double] {
    answers.reduce(into: [.fixed: 1]) { amounts, answer in
      amounts[answer.layerBytes == nil ? .frameBytes : .mapBytes, default: 0] += Double(answer.bytes)
      if let layerBytes = answer.layerBytes { amounts[.layerBytes, default: 0] += Double(layerBytes) }
    }
  }
}

extension Duration {
  /// As a floating-point number of seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
