import Foundation
import MistiqueStorage

extension StoragePolicy {
  /// What `quantized(argument:)` reads.
  public static let schemeHelp =
    QuantizationScheme.argumentHelp + "; + exact(1024) keeps layers of at most so many columns as they are"

  /// The same policy under the scheme that a text gives, such as `pool(2) + kbit(8)` or `bound(keeping cca 0.002) + exact(1024)`; `nil` for any other text. The
  /// scheme's parameters are not checked.
  public func quantized(argument text: String) -> StoragePolicy? {
    var columns: Int?
    var rest: [Substring] = []
    for word in text.split(separator: "+", omittingEmptySubsequences: false) {
      guard let (name, argument) = QuantizationScheme.call(word.trimmingCharacters(in: .whitespaces)), name == "exact" else {
        rest.append(word)
        continue
      }
      guard columns == nil, let count = argument.flatMap({ Int($0) }), count > 0 else { return nil }
      columns = count
    }
    return QuantizationScheme(argument: rest.joined(separator: "+")).map { quantized($0, exactUpTo: columns ?? 0) }
  }
}
