import MistiqueStorage
import Synchronization

/// Predicts what fetching an answer will take, by reading and by re-running (paper section 4).
///
///     t_read  = fixed + decoded bytes x perByte
///     t_rerun = restore + sum over the stages needed of seconds per batch x batches + bytes of the answer x perByteHandedOver
///
/// The paper's t_read folds everything into one rate and is off by 37x for small answers. Ours knows exactly which frames an answer
/// needs before it reads one, so only two constants are measured, and every query corrects them. The paper's t_rerun ends when the last stage has
/// run; putting a wide layer out takes longer than computing it (262 MB of CIFAR10_CNN's layer 1: 0.05 s to compute, 0.4 s to hand over).
final class QueryCostModel: Sendable {
  struct Constants: Sendable, Equatable {
    var fixedSeconds: Double
    var secondsPerByte: Double
    var samples: Int
    /// Of re-runs: copying what a model puts out. Half a nanosecond, until it was measured.
    var handOverSecondsPerByte = 5e-10
    var handOverSamples = 0

    /// Before anything was measured: a millisecond and 1 GB/s. Replaced by the first calibration.
    static let unmeasured = Constants(fixedSeconds: 1e-3, secondsPerByte: 1e-9, samples: 0)
  }

  /// How much one more query moves the constants.
  private static let weight = 0.2
  private let state: Mutex<Constants>

  init(_ constants: Constants = .unmeasured) { state = Mutex(constants) }

  var constants: Constants { state.withLock { $0 } }

  func readSeconds(_ estimate: ReadEstimate) -> Double {
    state.withLock { $0.readSeconds(estimate) }
  }

  /// Replaces the constants by measured ones: a read of next to nothing and a read of much.
  func calibrate(small: (ReadEstimate, seconds: Double), large: (ReadEstimate, seconds: Double)) {
    state.withLock { constants in
      constants.fixedSeconds = small.seconds
      let bytes = max(1, large.0.rawBytes - small.0.rawBytes)
      constants.secondsPerByte = max(1e-12, (large.seconds - small.seconds) / Double(bytes))
      constants.samples += 1
    }
  }

  /// Moves the constants towards what a read really took. A misprediction of a small read corrects the fixed part, of a large one the rate.
  func observe(_ estimate: ReadEstimate, seconds: Double) {
    state.withLock { constants in
      let predicted = constants.readSeconds(estimate)
      guard predicted > 0, seconds > 0 else { return }
      let variable = predicted - constants.fixedSeconds
      let error = seconds - predicted
      let share = variable / predicted
      constants.fixedSeconds = max(1e-6, constants.fixedSeconds + Self.weight * error * (1 - share))
      if estimate.rawBytes > 0 {
        constants.secondsPerByte = max(1e-12, constants.secondsPerByte + Self.weight * error * share / Double(estimate.rawBytes))
      }
      constants.samples += 1
    }
  }

  func handOverSeconds(bytes: Int) -> Double { state.withLock { $0.handOverSecondsPerByte * Double(bytes) } }

  /// Moves the rate of handing over towards what a re-run took beside restoring and its stages. Small re-runs say nothing about a rate.
  func observeRerun(handOverSeconds: Double, bytes: Int) {
    guard bytes >= 1 << 25, handOverSeconds > 0 else { return }
    state.withLock { constants in
      let weight = constants.handOverSamples == 0 ? 1 : Self.weight
      constants.handOverSecondsPerByte += weight * (handOverSeconds / Double(bytes) - constants.handOverSecondsPerByte)
      constants.handOverSamples += 1
    }
  }

  /// Seconds of the measured stages up to the asked one for `rows` rows; `nil` when a stage was never measured.
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

extension QueryCostModel.Constants {
  fileprivate func readSeconds(_ estimate: ReadEstimate) -> Double {
    fixedSeconds + Double(estimate.rawBytes) * secondsPerByte
  }
}
