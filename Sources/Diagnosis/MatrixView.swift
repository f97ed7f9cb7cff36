/// A row-major matrix of float32 in memory that somebody else owns: a row for each example, a column for each neuron.
///
/// Valid only while the buffer is; nothing is copied. It does not look at the values: NaN and infinity may be among them.
public struct MatrixView {
  /// `rows` times `columns` values.
  public let values: UnsafeBufferPointer<Float>
  public let columns: Int

  /// - Precondition: `columns` is positive and divides the number of values.
  public init(_ values: UnsafeBufferPointer<Float>, columns: Int) {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values are not rows of \(columns)")
    self.values = values
    self.columns = columns
  }

  public var rows: Int { values.count / columns }

  /// The first of the `columns` values of a row.
  func start(ofRow row: Int) -> UnsafePointer<Float> {
    precondition(row >= 0 && row < rows, "row \(row) is outside 0..<\(rows)")
    return values.baseAddress! + row * columns
  }
}
