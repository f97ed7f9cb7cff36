/// What the rows of an array were before they were stored: their shape, and the type of their elements.
///
/// The store itself keeps rows flat, as float32, float64 or int64. Models say in their specifications what their rows were.
package struct RowForm: Sendable, Equatable {
  /// The dimensions of one row; none where a row is one number.
  package let shape: [Int]
  package let element: ElementType
  /// Elements of one row.
  package let columns: Int

  /// - Parameter type: the ``ElementType/name`` of the elements' type.
  /// - Returns: `nil` for a shape that no row has, and for an unknown type.
  package init?(shape: [Int], type: String) {
    // A file has one dimension more, which counts the rows.
    guard let element = ElementType(name: type), shape.count < NPYHeader.mostDimensions, shape.allSatisfy({ $0 > 0 }),
      let columns = NPYPreamble.product(shape)
    else { return nil }
    (self.shape, self.element, self.columns) = (shape, element, columns)
  }
}
