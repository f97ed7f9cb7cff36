import MistiqueStorage

/// How the values of a stored intermediate are kept.
package struct KeptValues: Sendable {
  package let intermediate: String
  /// Of the values that are there now: without the residual of a ladder that was given back.
  package let scheme: QuantizationScheme
  /// Whether what is stored are the values, bit for bit, pooled where the scheme pools.
  package let isExact: Bool

  /// What no value is further off than: of a ladder no value of its base. `nil` where the scheme promises nothing, and where nothing had to be rounded.
  package var bound: QuantizationScheme.ErrorBound? { isExact && scheme.values.rungs == nil ? nil : scheme.values.bound }
}
