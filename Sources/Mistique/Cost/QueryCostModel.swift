import Synchronization

/// Predicts what fetching an answer will take, by reading and by re-running (paper section 4).
///
///     t_read  = fixed + decoded bytes x perByte
///     t_rerun = restore + sum over the stages needed of seconds per batch x batches
///
/// The paper's t_read folds everything into one rate and is off by 37x for small answers. Ours knows exactly which frames an answer
/// needs before it reads one, so only the two constants are measured, and every query corrects them.
final class QueryCostModel: Sendable {
  struct Constants: Sendable, Equatable {
    var fixedSeconds: Double
    var secondsPerByte: Double
    var samples: Int

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

  /// Seconds to re-run: `ancestors` are the measured stages up to the asked one, `rows` the rows asked for; `nil` when a stage was
  /// never measured.
  static func rerunSeconds(restore: Double, ancestors: [StageMeasurement?], rows: Int) -> Double? {
    var seconds = restore
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
