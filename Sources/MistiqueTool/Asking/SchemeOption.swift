import ArgumentParser
import Mistique

/// In which form values are stored.
struct SchemeOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How values are stored: \(QuantizationScheme.argumentHelp). As the model emits them when it is left out.", valueName: "scheme"))
  var scheme: String?

  var quantization: QuantizationScheme {
    get throws {
      guard let scheme else { return .none }
      guard let quantization = QuantizationScheme(argument: scheme) else {
        throw ValidationError("--scheme '\(scheme)' is none. Use \(QuantizationScheme.argumentHelp).")
      }
      do { try quantization.validate() } catch let error as StoreError {
        throw ValidationError("--scheme '\(scheme)': \(error.what). \(error.remedy)")
      }
      return quantization
    }
  }

  func validate() throws { _ = try quantization }
}
