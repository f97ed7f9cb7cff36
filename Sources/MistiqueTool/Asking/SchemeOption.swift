import ArgumentParser
import Mistique

/// In which form values are stored.
struct SchemeOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How values are stored: \(StoragePolicy.schemeHelp). Default: values as emitted.", valueName: "scheme"))
  var scheme: String?

  /// The policy with values stored in the form that was given.
  func applied(to policy: StoragePolicy) throws -> StoragePolicy {
    guard let scheme else { return policy }
    guard let quantized = policy.quantized(argument: scheme) else {
      throw ValidationError("--scheme '\(scheme)' is none. Use \(StoragePolicy.schemeHelp).")
    }
    do { try quantized.quantization.validate() } catch let error as StoreError {
      throw ValidationError("--scheme '\(scheme)': \(error.what). \(error.remedy)")
    }
    return quantized
  }

  func validate() throws { _ = try applied(to: .dedup) }
}
