extension QuantizationScheme {
  /// The form in which each value is stored.
  ///
  /// float32 and float64 values are quantized; integers, booleans, dates and text are always stored as they are (`applies(to:)`).
  public enum Values: Sendable, Hashable, Codable {
    /// As the model emitted it. Error: none.
    case full
    /// LP_QT. Error of float16: at most max(2^-11 |x|, 2^-25); of float32 for a float64 value: at most max(2^-24 |x|, 2^-150), and none
    /// for a float32 value. Rounds to the nearest, ties to even; NaN and infinities stay what they are.
    case lowerPrecision(Precision)
    /// KBIT_QT: `bits` in 1...8, at most 2^bits bins whose edges are quantiles of a sample, reconstructed as the mean of the bin's sample.
    ///
    /// Error: at most the width of the bin; none for a value that alone holds more than 1/2^bits of the sample, such as 0 after a ReLU, unless
    /// it shares its bin with a still heavier one, for which so many of them are needed that bins run out (at 1 bit there is only one);
    /// and none for the sample's values if they are at most 2^bits different ones. Values outside the sample's range go to the outermost
    /// bins, whose width is that of what was encoded: infinite if an infinity was.
    case kbit(bits: Int, granularity: Granularity)
    /// THRESHOLD_QT: one bit, whether the value lies above the sample's `quantile` in 0..<1 (interpolated linearly, as
    /// `numpy.quantile`). Reconstructed as the mean of the sample at or below, or above it.
    ///
    /// Error: the bit is exact; of the value, at most the width of its side.
    case threshold(quantile: Double, granularity: Granularity)
    /// BOUND_QT: the multiple of a step that is nearest to the value, as a code of a byte; neighbouring codes share a byte before they are compressed.
    ///
    /// Error: at most `error`, whatever the value. Zero is exact. A chunk with a value that is more than 255 steps from the others, NaN or infinite holds
    /// numbers of the column's own type instead, rounded to multiples of a power of two within the same error; NaN and infinities stay what they are.
    case bound(error: ErrorBound, granularity: Granularity)
    /// As the model emitted it, in two rungs: the base, which is what BOUND_QT makes of the values with one bound for all columns, and the residual, which
    /// makes them exact. Each is read, and given back, by itself.
    ///
    /// Error: none; of the base at most `error`. For maps; named columns are stored as they are.
    case ladder(error: ErrorBound, rungs: Rungs)

    /// The ladder with both of its rungs.
    public static func ladder(_ error: ErrorBound) -> Values { .ladder(error: error, rungs: .all) }

    /// KBIT_QT with the paper's default of 8 bits and one codebook for all columns, unless said otherwise.
    public static func kbit(_ bits: Int = 8, per granularity: Granularity = .intermediate) -> Values {
      .kbit(bits: bits, granularity: granularity)
    }

    /// THRESHOLD_QT with the paper's default of the top half per cent and one threshold for all columns, unless said otherwise.
    public static func threshold(_ quantile: Double = 0.995, per granularity: Granularity = .intermediate) -> Values {
      .threshold(quantile: quantile, granularity: granularity)
    }

    /// BOUND_QT with one bound for all columns, unless said otherwise.
    public static func bound(_ error: ErrorBound, per granularity: Granularity = .intermediate) -> Values {
      .bound(error: error, granularity: granularity)
    }
  }

  /// The type that values are rounded to.
  public enum Precision: String, Sendable, Hashable, Codable {
    /// IEEE 754 binary32: 24 significant bits.
    case float32
    /// IEEE 754 binary16: 11 significant bits, finite values up to 65504.
    case float16
  }

  /// What is stored, or read, of an intermediate in rungs.
  public enum Rungs: String, Sendable, Hashable, Codable {
    /// The base and the residual: the values, bit for bit.
    case all
    /// The values within the bound.
    case base
  }

  /// Which columns share a codebook. Named columns never share one, whatever is chosen.
  public enum Granularity: String, Sendable, Hashable, Codable, CaseIterable {
    /// One for all, as in the paper.
    case intermediate
    /// One for each map.
    case channel
    /// One for each column: 2^(bits + 3) bytes per column, which is more than it saves on a short intermediate.
    case column
  }
}

extension QuantizationScheme.Values: CustomStringConvertible {
  /// In the paper's words: `KBIT_QT(8)`.
  public var description: String {
    func suffix(_ granularity: QuantizationScheme.Granularity) -> String {
      granularity == .intermediate ? "" : " per \(granularity.rawValue)"
    }
    switch self {
    case .full: return "FULL"
    case .lowerPrecision(let precision): return "LP_QT(\(precision.rawValue))"
    case .kbit(let bits, let granularity): return "KBIT_QT(\(bits)\(suffix(granularity)))"
    case .threshold(let quantile, let granularity): return "THRESHOLD_QT(\(quantile)\(suffix(granularity)))"
    case .bound(let error, let granularity): return "BOUND_QT(\(error)\(suffix(granularity)))"
    case .ladder(let error, .all): return "LADDER(\(error))"
    case .ladder(let error, .base): return "LADDER(\(error), base only)"
    }
  }

  /// Whether columns of `type` are stored in another form under this scheme.
  package func applies(to type: ColumnType) -> Bool {
    switch (self, type) {
    case (.full, _), (.ladder, _): false
    case (.lowerPrecision(.float32), .float32): false
    case (_, .float32), (_, .float64): true
    default: false
    }
  }

  /// - Throws: `StoreError` with code `invalid` when a parameter is outside its range.
  package func validate() throws {
    switch self {
    case .full, .lowerPrecision: return
    case .kbit(let bits, _):
      guard (1...8).contains(bits) else {
        throw StoreError(.invalid, "\(bits) bits were asked for", at: "KBIT_QT", remedy: "Use 1 to 8 bits; the paper's default is 8.")
      }
    case .threshold(let quantile, _):
      guard quantile >= 0, quantile < 1 else {
        throw StoreError(
          .invalid, "the quantile is \(quantile)", at: "THRESHOLD_QT",
          remedy: "Use at least 0 and less than 1, such as 0.995 for the top 0.5 %.")
      }
    case .ladder(let error, .base):
      throw StoreError(
        .invalid, "a ladder without its residual was asked for", at: "LADDER(\(error))",
        remedy: "Log with the whole ladder, and demote afterwards; or with BOUND_QT.")
    case .bound(let error, _) where error.isChosen, .ladder(let error, .all) where error.isChosen:
      guard error.number > 0, error.number < 1 else {
        let (what, remedy) =
          if case .keeping = error { ("the share of neighbours is", "Use a share above 0 and below 1, such as 0.95.") } else {
            ("the CCA coefficients may fall by", "Use a number above 0 and below 1, such as 0.002.")
          }
        throw StoreError(.invalid, "\(what) \(error.number)", at: description, remedy: remedy)
      }
      guard granularity == .intermediate else {
        throw StoreError(
          .invalid, "what is kept is of whole rows, and each \(granularity?.rawValue ?? "") is to have a bound of its own", at: description,
          remedy: "Use one bound for the whole intermediate.")
      }
    case .bound(let error, _), .ladder(let error, .all):
      guard error.number > 0, error.number.isFinite else {
        throw StoreError(
          .invalid, "the bound is \(error)", at: description,
          remedy: "Use a number above 0, such as 0.2 root mean squares; to keep values as they are, use no quantization.")
      }
    }
  }

  /// Whether what is stored are the values, bit for bit.
  package var isExact: Bool {
    switch self {
    case .full, .ladder(_, .all): true
    default: false
    }
  }

  /// The rungs that are stored; `nil` for a scheme without.
  package var rungs: QuantizationScheme.Rungs? { if case .ladder(_, let rungs) = self { rungs } else { nil } }

  /// The same with another bound; itself for a scheme without.
  func bounded(by error: QuantizationScheme.ErrorBound) -> QuantizationScheme.Values {
    switch self {
    case .bound(_, let granularity): .bound(error: error, granularity: granularity)
    case .ladder(_, let rungs): .ladder(error: error, rungs: rungs)
    default: self
    }
  }

  /// The same for a named column, whose rows have neither neighbours nor directions by themselves.
  var ofColumn: QuantizationScheme.Values {
    bound?.isChosen == true ? bounded(by: .relative(TrialSample.narrowest)) : self
  }

  /// The same with the residual given back; `nil` for a scheme without.
  package var demoted: QuantizationScheme.Values? {
    if case .ladder(let error, _) = self { .ladder(error: error, rungs: .base) } else { nil }
  }

  /// Bits of a code, where values are stored as codes of a codebook.
  var codeBits: Int? {
    switch self {
    case .full, .lowerPrecision: nil
    case .kbit(let bits, _): bits
    case .threshold: 1
    case .bound, .ladder: 8
    }
  }

  var granularity: QuantizationScheme.Granularity? {
    switch self {
    case .full, .lowerPrecision: nil
    case .kbit(_, let granularity), .threshold(_, let granularity), .bound(_, let granularity): granularity
    case .ladder: .intermediate
    }
  }
}
