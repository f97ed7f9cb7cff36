/// A row-major matrix of float32, rows x columns, that is shared, not copied.
public struct FloatMatrix: Sendable {
  /// How many rows there are.
  public let rows: Int
  /// Values in each row.
  public let columns: Int
  private let storage: ByteBuffer

  /// A matrix whose values `fill` writes; it must write every one.
  public init(rows: Int, columns: Int, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
    self.rows = rows
    self.columns = columns
    storage = ByteBuffer(count: rows * columns * 4)
    try storage.withMutableBytes { try fill($0.bindMemory(to: Float.self)) }
  }

  /// A matrix of sizes that a file claims, whose values `fill` writes.
  ///
  /// - Throws: `StoreError` (`invalid`) where there is not so much memory; what `fill` throws.
  package init(claimedRows rows: Int, columns: Int, at place: String, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws {
    self.rows = rows
    self.columns = columns
    storage = try ByteBuffer(rows: rows, rowBytes: columns * 4, at: place)
    try storage.withMutableBytes { try fill($0.bindMemory(to: Float.self)) }
  }

  /// A matrix over the first rows x columns values of `storage`, which must be filled.
  package init(rows: Int, columns: Int, storage: ByteBuffer) {
    precondition(storage.count >= rows * columns * 4, "a buffer of \(storage.count) bytes does not hold \(rows) x \(columns) values")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// One value; both places count from 0.
  public subscript(row: Int, column: Int) -> Float {
    precondition((0..<rows).contains(row) && (0..<columns).contains(column), "(\(row), \(column)) is outside \(rows) x \(columns)")
    return withValues { $0[row * columns + column] }
  }

  /// Calls `body` with all rows x columns values, row after row. They must not be used after `body` has returned.
  public func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    try bytes.withBytes { try body($0.assumingMemoryBound(to: Float.self)) }
  }

  private var bytes: BufferSlice { BufferSlice(storage, count: rows * columns * 4) }

  /// The values of one column, from the first row to the last. Complexity: O(rows).
  public func column(_ column: Int) -> [Float] { (0..<rows).map { self[$0, column] } }

  /// The values of one row, from the first column to the last. Complexity: O(columns).
  public func row(_ row: Int) -> [Float] { withValues { Array($0[row * columns..<(row + 1) * columns]) } }

  /// Whether both have the same shape and bits: NaNs with the same payload are identical, 0 and -0 are not.
  package func isIdentical(to other: FloatMatrix) -> Bool {
    rows == other.rows && columns == other.columns && bytes.isEqual(to: other.bytes)
  }
}
