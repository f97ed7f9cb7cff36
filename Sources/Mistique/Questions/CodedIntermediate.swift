import MistiqueStorage

/// The codes that values of a network's intermediate are stored as, and what they stand for.
public struct CodedIntermediate: Sendable {
  /// The ids of the rows, in their order.
  public let rowIDs: RowIDs
  /// The asked columns, ascending: places in the schema of what is stored.
  public let columns: [Range<Int>]
  /// How the values were pooled and quantized.
  public let scheme: QuantizationScheme
  /// rows x columns, row-major; 0 or 1 under THRESHOLD_QT.
  public let codes: [UInt8]
  /// What each code of the first asked column stands for.
  public let representatives: [Double]
}
