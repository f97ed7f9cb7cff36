import Synchronization

/// The t_rerun of the cost model (paper section 5.1):
///
///     t_rerun = restore + sum over the stages needed of seconds per batch x batches + bytes of the answer x perByteHandedOver
///
/// The paper's t_rerun ends when the last stage has run. Handing over a wide layer takes longer than computing it (262 MB of CIFAR10_CNN's
/// layer 1: 0.05 s to compute, 0.4 s to hand over), so that rate is measured too, and every large re-run corrects it.
final class RerunCost: Sendable {
  /// Half a nanosecond per byte, until it was measured.
  struct Constants: Sendable, Equatable {
    var handOverSecondsPerByte = 5e-10
    var samples = 0
  }

  /// Re-runs that hand over less say nothing about a rate.
  private static let fewestTellingBytes = 1 << 25
  /// How much one more re-run moves the rate.
  private static let weight = 0.2
  private let state: Mutex<Constants>

  init(_ constants: Constants = Constants()) { state = Mutex(constants) }

  var constants: Constants { state.withLock { $0 } }

  /// Seconds for the stages in `ancestors` to run for `rows` rows and to hand over `answerBytes`; `nil` when one of them was never measured.
  func seconds(restoreSeconds: Double, ancestors: [StageMeasurement?], rows: Int, answerBytes: Int) -> Double? {
    Self.stageSeconds(ancestors, rows: rows).map { stages in
      restoreSeconds + stages + state.withLock { $0.handOverSecondsPerByte * Double(answerBytes) }
    }
  }

  /// Moves the rate of handing over towards what a re-run took beside restoring and its stages.
  func observe(handOverSeconds: Double, bytes: Int) {
    guard bytes >= Self.fewestTellingBytes, handOverSeconds > 0 else { return }
    state.withLock { constants in
      let weight = constants.samples == 0 ? 1 : Self.weight
      constants.handOverSecondsPerByte += weight * (handOverSeconds / Double(bytes) - constants.handOverSecondsPerByte)
      constants.samples += 1
    }
  }

  /// Seconds of the measured stages up to the queried one for `rows` rows; `nil` when a stage was never measured.
  static func stageSeconds(_ ancestors: [StageMeasurement?], rows: Int) -> Double? {
    var seconds = 0.0
    for stage in ancestors {
      guard let stage else { return nil }
      if let batches = stage.batches, let size = stage.rowsPerBatch, batches > 0, size > 0 {
        seconds += stage.seconds / Double(batches) * Double((rows + size - 1) / size)
      } else {
        seconds += stage.seconds
      }
    }
    return seconds
  }
}

extension Stage {
  /// The stages that must run for stage `last`, itself included, ascending.
  ///
  /// - Parameter stages: of a whole model; a stage's inputs come before it.
  static func ancestors(of last: Int, in stages: [Stage]) -> [Int] {
    var needed: Set<Int> = [last]
    for position in stride(from: last, through: 0, by: -1) where needed.contains(position) { needed.formUnion(stages[position].inputs) }
    return needed.sorted()
  }
}

extension Duration {
  /// As a floating-point number of seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
