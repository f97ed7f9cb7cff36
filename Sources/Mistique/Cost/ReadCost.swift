import MistiqueStorage
import Synchronization

/// The t_read of the cost model (paper section 5.1):
///
///     t_read = fixed + decoded bytes x perByte
///
/// The paper's t_read folds everything into one rate and is off by 37x for small answers. Ours knows exactly which frames an answer
/// needs before it reads one, so only two constants are measured, and every read corrects them.
final class ReadCost: Sendable {
  /// Before anything was measured: a millisecond and 1 GB/s. Replaced by the first calibration.
  struct Constants: Sendable, Equatable {
    var fixedSeconds = 1e-3
    var secondsPerByte = 1e-9
    var samples = 0

    fileprivate func seconds(_ estimate: ReadEstimate) -> Double { fixedSeconds + Double(estimate.rawBytes) * secondsPerByte }
  }

  /// How much one more read moves the constants.
  private static let weight = 0.2
  private let state: Mutex<Constants>

  init(_ constants: Constants = Constants()) { state = Mutex(constants) }

  var constants: Constants { state.withLock { $0 } }

  func seconds(_ estimate: ReadEstimate) -> Double { state.withLock { $0.seconds(estimate) } }

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
      let predicted = constants.seconds(estimate)
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
}
