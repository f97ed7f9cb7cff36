import ArrayFiles
import Foundation
import Mistique

/// An answer as an array of one type of number.
///
/// A whole intermediate has the shape and the type of elements that its rows had before they were stored, where its model says so, the values still are of that
/// type, and the file's format has it. Everything else has flat rows, or maps, of float32, float64 or int64.
struct ExportedArray {
  /// Rows first.
  let shape: [Int]
  let element: ElementType
  /// Why the elements are of another type than before they were stored; `nil` where they are not.
  let note: String?
  let values: StoredColumns
  /// Which of the answer's rows these are; `nil` when they are all of them, in its order.
  let rows: [Int]?

  /// The asked columns as the store keeps them.
  enum StoredColumns {
    /// Columns of the matrix.
    case floats(FloatMatrix, columns: [Int])
    case doubles([[Double]])
    case integers([[Int64]])

    var element: ElementType {
      switch self {
      case .floats: .float32
      case .doubles: .float64
      case .integers: .int64
      }
    }

    /// Whether each value of the whole answer is one of `element`, exactly. Complexity: O(values).
    func areAll(_ element: ElementType) -> Bool {
      switch self {
      case .floats(let matrix, _): (0..<matrix.rows).allSatisfy { element.elements(matrix.row($0)) != nil }
      case .doubles(let columns): columns.allSatisfy { element.elements($0) != nil }
      case .integers(let columns): columns.allSatisfy { element.elements($0) != nil }
      }
    }
  }

  /// Integers beyond this are not all among the float64.
  private static let largestInDouble: UInt64 = 1 << 53

  /// The columns in the order of the keys, each once.
  ///
  /// - Parameters:
  ///   - rows: which of the answer's rows, in which order, some perhaps more than once; all when nil.
  ///   - form: what the rows were before they were stored; `nil` when it is not known.
  /// - Throws: `QuestionError` for text, and for integers that a float64 cannot hold beside columns that need one.
  init(_ result: IntermediateResult, _ keys: [IntermediateKey], rows: [Int]?, form: RowForm?, in format: Format) throws {
    let asked = result.schemaColumns(of: keys)
    let count = rows?.count ?? result.rowIDs.count
    let values: StoredColumns
    let dimensions: [Int]
    switch result.values {
    case .maps(let matrix):
      values = .floats(matrix, columns: asked.map(result.offset))
      dimensions = Self.dimensions(asked, result.schema)
    case .frame(let frame):
      values = try Self.values(asked.map { (frame.names[result.offset(of: $0)], frame.columns[result.offset(of: $0)]) }, of: keys[0])
      dimensions = [asked.count]
    }
    (self.values, self.rows) = (values, rows)
    // Of pooled maps, the schema has fewer columns than the rows had.
    guard let form, form.columns == asked.count, asked.elementsEqual(0..<result.schema.columnCount) else {
      (shape, element, note) = ([count] + dimensions, values.element, nil)
      return
    }
    let obstacle = Self.obstacle(to: form.element, values, isExact: result.isExact, format)
    shape = [count] + form.shape
    element = obstacle == nil ? form.element : values.element
    note = obstacle.map { "The array was \(form.element.name) and is written as \(values.element.name): \($0)." }
  }

  /// Why the values cannot be written in the type that they had before they were stored; `nil` when they can.
  private static func obstacle(to element: ElementType, _ values: StoredColumns, isExact: Bool, _ format: Format) -> String? {
    if element == values.element { return nil }
    if case .floats = values, !isExact { return "what was read is quantized" }
    if !element.isInNumPy, format != .safetensors { return "NumPy has no \(element.name), and .safetensors files do" }
    return values.areAll(element) ? nil : "not every value is one of \(element.name)"
  }

  /// Channels, height and width where `columns` are whole channels, and their number otherwise.
  private static func dimensions(_ columns: [Int], _ schema: IntermediateSchema) -> [Int] {
    guard case .maps(_, let height, let width) = schema, height * width > 1, columns.count % (height * width) == 0 else {
      return [columns.count]
    }
    let area = height * width
    let areWhole = stride(from: 0, to: columns.count, by: area).allSatisfy { start in
      columns[start] % area == 0 && (0..<area).allSatisfy { columns[start + $0] == columns[start] + $0 }
    }
    return areWhole ? [columns.count / area, height, width] : [columns.count]
  }

  private static func values(_ columns: [(name: String, column: Column)], of key: IntermediateKey) throws -> StoredColumns {
    func isWhole(_ column: Column) -> Bool { column.integers != nil && (0..<column.count).allSatisfy(column.isPresent) }
    if columns.allSatisfy({ isWhole($0.column) }) { return .integers(columns.map { $0.column.integers! }) }
    return .doubles(
      try columns.map { name, column in
        let place = "\(key.model).\(key.intermediate).\(name)"
        guard let doubles = column.doubles else {
          throw QuestionError(
            place, "it is a column of text, and an array is of numbers", remedy: "Leave it out, or write CSV: mistique get")
        }
        if let integers = column.integers,
          let row = integers.indices.first(where: { column.isPresent($0) && integers[$0].magnitude > largestInDouble })
        {
          throw QuestionError(
            place, "\(integers[row]) in it is an integer that float64 cannot hold", remedy: "Export it alone, or write CSV: mistique get")
        }
        return doubles
      })
  }
}
