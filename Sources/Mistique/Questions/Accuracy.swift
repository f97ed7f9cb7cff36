import Foundation
import MistiqueStorage

/// How near an answer must be to what the model emitted.
public enum Accuracy: Sendable, Hashable {
  /// As the storage policy keeps it: what is stored quantized or pooled is answered so. A re-run starts from exact ancestors only. A ladder keeps values
  /// exactly: where its residual was given back, the answer is re-run.
  case stored
  /// Bit for bit what the model emits, pooled where its policy pools: a stored quantized intermediate is passed over and re-run.
  case exact
  /// As `stored`, and a re-run may start from a quantized ancestor, whose errors the stages after it carry on. A pooled one is never a start: it no
  /// longer has the values that the next stage reads. What a ladder has left may be read and started from too.
  case approximate
  /// No value further than the bound from what the model emits, pooled where its policy pools. Of a ladder the fewest rungs are read that satisfy it;
  /// what is stored otherwise is read where its scheme promises the bound (BOUND_QT, or exact values), and else re-run from exact ancestors.
  ///
  /// A relative bound is satisfied by schemes whose own bound is relative; it is in root mean squares of what shares one there.
  case within(QuantizationScheme.ErrorBound)
}

extension Accuracy: CustomStringConvertible {
  /// `stored`, or `within 0.35rms`.
  public var description: String {
    switch self {
    case .stored: "stored"
    case .exact: "exact"
    case .approximate: "approximate"
    case .within(let bound): "within \(bound.argument)"
    }
  }
}

extension QuantizationScheme.ErrorBound {
  /// The bound that a text gives: `0.01`, or `0.35rms` of the root mean square; `nil` for any other text, and for what is no positive number.
  public init?(argument text: String) {
    let text = text.lowercased().trimmingCharacters(in: .whitespaces)
    let isRelative = text.hasSuffix("rms")
    let number = isRelative ? text.dropLast(3).trimmingCharacters(in: .whitespaces) : text
    guard let error = Double(number), error > 0, error.isFinite else { return nil }
    self = isRelative ? .relative(error) : .absolute(error)
  }

  /// The text that `init(argument:)` reads.
  public var argument: String {
    switch self {
    case .absolute(let error): "\(error)"
    case .relative(let error): "\(error)rms"
    case .keeping(let share): "keeping \(share)"
    case .keepingCorrelations(let fall): "keeping cca \(fall)"
    }
  }
}
