/// A row-major float32 matrix in memory that the caller owns: one row per example, one column per neuron.
///
/// Valid only as long as the buffer; nothing is copied. NaN and infinity may be among the values.
public struct MatrixView {
  /// `rows` times `columns` values.
  let values: UnsafeBufferPointer<Float>
  /// The number of columns, at least 1.
  public let columns: Int

  /// - Precondition: `columns` is positive and divides the number of values.
  public init(_ values: UnsafeBufferPointer<Float>, columns: Int) {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values are not rows of \(columns)")
    self.values = values
    self.columns = columns
  }

  /// The number of rows; 0 of an empty buffer.
  public var rows: Int { values.count / columns }

  /// The first of the `columns` values of a row.
  func start(ofRow row: Int) -> UnsafePointer<Float> {
    precondition(row >= 0 && row < rows, "row \(row) is outside 0..<\(rows)")
    return values.baseAddress! + row * columns
  }
}
