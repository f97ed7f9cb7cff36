/// How an intermediate's values are made smaller before they are stored: pooling, if any, then a form for each value.
///
/// Paper section 3 (Storing). What each part loses is stated at `Pooling` and `Values`.
///
///     QuantizationScheme.pool(2).then(.kbit(8))   // POOL_QT(average 2x2) + KBIT_QT(8)
///
/// A scheme is configuration; bound to data it becomes a `FittedQuantizer`. It says nothing about compression or de-duplication.
public struct QuantizationScheme: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Applied first, since it changes an intermediate's shape; `nil` keeps the maps as they are.
  public var pooling: Pooling?
  /// The form of each value that is left.
  public var values: Values
  /// Of what is stored with a bound that was chosen by what it keeps: what it was found to keep. The bound is in `values`. `nil` for everything else,
  /// and never part of what is asked for.
  public internal(set) var kept: KeptQuality?

  /// Pooling, if any, and then that form of the values. Whether its parameters make sense is checked when a store gets it.
  public init(pooling: Pooling? = nil, values: Values = .full) {
    self.pooling = pooling
    self.values = values
  }

  /// Every value as the model emitted it.
  public static let none = QuantizationScheme()
  /// LP_QT to IEEE binary16.
  public static let lp16 = QuantizationScheme(values: .lowerPrecision(.float16))
  /// LP_QT to float32: halves float64 columns and leaves activations as they are.
  public static let lp32 = QuantizationScheme(values: .lowerPrecision(.float32))

  /// KBIT_QT with 2^`bits` quantile bins.
  public static func kbit(_ bits: Int = 8, per granularity: Granularity = .intermediate) -> QuantizationScheme {
    QuantizationScheme(values: .kbit(bits, per: granularity))
  }

  /// THRESHOLD_QT: one bit per value, whether it lies above the `quantile` of the sample.
  public static func threshold(_ quantile: Double = 0.995, per granularity: Granularity = .intermediate) -> QuantizationScheme {
    QuantizationScheme(values: .threshold(quantile, per: granularity))
  }

  /// BOUND_QT: no value errs by more than `error`.
  public static func bound(_ error: ErrorBound, per granularity: Granularity = .intermediate) -> QuantizationScheme {
    QuantizationScheme(values: .bound(error, per: granularity))
  }

  /// The values, bit for bit, and within `error` at a fraction of the bytes.
  public static func ladder(_ error: ErrorBound) -> QuantizationScheme { QuantizationScheme(values: .ladder(error)) }

  /// POOL_QT over windows of `size` x `size`.
  public static func pool(_ size: Int = 2, _ kind: Pooling.Kind = .average) -> QuantizationScheme {
    QuantizationScheme(pooling: Pooling(kind, window: .size(size)))
  }

  /// POOL_QT with one value for each map, the paper's s = S.
  public static let poolWholeMap = QuantizationScheme(pooling: Pooling(.average, window: .wholeMap))

  /// This scheme with its values stored as `values` instead.
  public func then(_ values: Values) -> QuantizationScheme { QuantizationScheme(pooling: pooling, values: values) }

  /// In the paper's words: `POOL_QT(average 2x2) + KBIT_QT(8)`; `FULL` when nothing is quantized.
  public var description: String {
    guard let pooling else { return values.description }
    return values == .full ? pooling.description : "\(pooling) + \(values)"
  }

  /// The same with a bound that was to be chosen by what it keeps chosen for these rows; itself for every other scheme.
  ///
  /// - Parameter sample: row-major rows x columns.
  func chosen(for sample: UnsafePointer<Float>, rows: Int, columns: Int) -> QuantizationScheme {
    guard let found = values.bound?.chosen(for: sample, rows: rows, columns: columns) else { return self }
    var chosen = then(values.bounded(by: found.bound))
    chosen.kept = found.kept
    return chosen
  }

  /// The scheme that was asked for when this was stored: with what was to be kept instead of the bound that was chosen by it.
  package var asAsked: QuantizationScheme {
    guard let kept else { return self }
    return then(values.bounded(by: kept.bound))
  }

  /// The schema of what is stored of an intermediate of `schema`.
  package func pooledSchema(of schema: IntermediateSchema) -> IntermediateSchema { pooling?.pooledSchema(of: schema) ?? schema }

  /// - Throws: `StoreError` with code `invalid` when a parameter makes no sense, saying which and what to use.
  package func validate() throws {
    try pooling?.validate()
    try values.validate()
  }
}
