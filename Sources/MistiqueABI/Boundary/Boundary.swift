import CMistique
import Foundation
import Groundwork
import Mistique

/// Runs the body of a call of the C interface: whatever it throws becomes a code and, where the caller wants them, texts.
///
/// A child of `fork` has neither the threads of this library nor, perhaps, its locks: nothing is touched there.
func boundary(_ error: UnsafeMutablePointer<mistique_error>?, _ body: () throws -> Void) -> Int32 {
  do {
    guard ProcessOwner.isThisProcess else { throw ProcessOwner.forked }
    try StandardArithmetic.running(body)
    return Int32(MISTIQUE_OK)
  } catch let failure {
    let report = FailureReport(failure)
    error?.pointee = report.exported()
    return report.code
  }
}

/// The process that used the library first.
enum ProcessOwner {
  private static let process = getpid()

  static var isThisProcess: Bool { getpid() == process }

  static var forked: InterfaceError {
    InterfaceError(
      code: Int32(MISTIQUE_FORKED), what: "the library was used before this process was forked from process \(process)",
      place: "process \(getpid())",
      remedy: "Open stores after forking only, or start workers anew; in Python: multiprocessing.set_start_method(\"spawn\").")
  }
}

/// What a failure tells a caller.
struct FailureReport {
  let code: Int32
  let what: String
  let place: String
  let remedy: String
  let cause: String

  init(_ failure: any Error) {
    switch failure {
    case let error as StoreError:
      code = Self.code(of: error.code)
      (what, place, remedy) = (error.what, error.place, error.remedy)
      cause = error.cause.map { "\($0)" } ?? ""
    case let error as InterfaceError:
      code = error.code
      (what, place, remedy, cause) = (error.what, error.place, error.remedy, error.cause)
    case is CancellationError:
      code = Int32(MISTIQUE_CANCELLED)
      (what, place, cause) = ("it was asked to stop", "call", "")
      remedy = "The store is as it was; call again to begin anew."
    default:
      code = Int32(MISTIQUE_FAILED)
      (what, place, cause) = ("\(failure)", "call", "")
      remedy = "See what it says; the store is as it was."
    }
  }

  /// As the caller gets it, who owns the texts.
  func exported() -> mistique_error {
    mistique_error(
      code: code, what: strdup(what), place: strdup(place), remedy: strdup(remedy), cause: cause.isEmpty ? nil : strdup(cause))
  }

  private static func code(of code: StoreError.Code) -> Int32 {
    let number =
      switch code {
      case .corrupt: MISTIQUE_CORRUPT
      case .unsupportedVersion: MISTIQUE_UNSUPPORTED_VERSION
      case .diskFull: MISTIQUE_DISK_FULL
      case .inputOutput: MISTIQUE_INPUT_OUTPUT
      case .locked: MISTIQUE_LOCKED
      case .notFound: MISTIQUE_NOT_FOUND
      case .missingRow: MISTIQUE_MISSING_ROW
      case .invalid: MISTIQUE_INVALID
      case .malformedKey: MISTIQUE_MALFORMED_KEY
      case .alreadyLogged: MISTIQUE_ALREADY_LOGGED
      case .cannotPlan: MISTIQUE_CANNOT_PLAN
      case .invalidModel: MISTIQUE_INVALID_MODEL
      case .otherInputs: MISTIQUE_OTHER_INPUTS
      case .notReproduced: MISTIQUE_NOT_REPRODUCED
      case .measuredOnly: MISTIQUE_MEASURED_ONLY
      case .catalogue: MISTIQUE_CATALOGUE
      }
    return Int32(number)
  }
}
