import ArrayFiles
import Foundation
import Mistique

/// An answer as an array of one type of number.
struct ExportedArray {
  /// Rows first.
  let shape: [Int]
  private let values: Values
  /// Which of the answer's rows these are; `nil` when they are all of them, in its order.
  private let rows: [Int]?

  private enum Values {
    /// Columns of `matrix`.
    case floats(FloatMatrix, columns: [Int])
    case doubles([[Double]])
    case integers([[Int64]])
  }

  /// Integers beyond this are not all among the float64.
  private static let largestInDouble: UInt64 = 1 << 53

  /// Values that are written at a time.
  private static let blockValues = 1 << 18

  /// The columns in the order of the keys, each once.
  ///
  /// - Parameter rows: which of the answer's rows, in which order, some perhaps more than once; all when nil.
  /// - Throws: `QuestionError` for text, and for integers that a float64 cannot hold beside columns that need one.
  init(_ result: IntermediateResult, _ keys: [IntermediateKey], rows: [Int]? = nil) throws {
    let asked = result.schemaColumns(of: keys)
    let count = rows?.count ?? result.rowIDs.count
    self.rows = rows
    switch result.values {
    case .maps(let matrix):
      shape = [count] + Self.dimensions(asked, result.schema)
      values = .floats(matrix, columns: asked.map(result.offset))
    case .frame(let frame):
      shape = [count, asked.count]
      values = try Self.values(asked.map { (frame.names[result.offset(of: $0)], frame.columns[result.offset(of: $0)]) }, of: keys[0])
    }
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

  private static func values(_ columns: [(name: String, column: Column)], of key: IntermediateKey) throws -> Values {
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

  var typeName: String {
    switch values {
    case .floats: "float32"
    case .doubles: "float64"
    case .integers: "int64"
    }
  }

  /// The type as NumPy writes it, and as safetensors files do.
  private var types: (numpy: String, safetensors: String) {
    switch values {
    case .floats: ("<f4", "F32")
    case .doubles: ("<f8", "F64")
    case .integers: ("<i8", "I64")
    }
  }

  /// Writes a file of this format, in which the array is called `name`.
  ///
  /// - Parameter whenWritten: called when everything is written, before the file gets its name.
  /// - Throws: `SystemFailure`, and what `whenWritten` throws. An old file stays where the new one is not complete.
  func write(to url: URL, as format: Format, name: String, whenWritten: () throws -> Void) throws {
    switch format {
    case .npy:
      var file = try NPYWriter(url, type: types.numpy, shape: shape)
      try forEachBlock { try file.write($0) }
      try whenWritten()
      try file.commit()
    case .npz: try NPZWriter.write(url, name: name, type: types.numpy, shape: shape, whenWritten: whenWritten, elements: forEachBlock)
    case .safetensors:
      guard name != "__metadata__" else {
        throw QuestionError(url.path, "a safetensors file has no tensor called \(name)", remedy: "Export .npy or .npz")
      }
      try SafetensorsWriter.write(url, name: name, type: types.safetensors, shape: shape, whenWritten: whenWritten, elements: forEachBlock)
    }
  }

  /// Files of arrays that can be written, by what their names end in.
  enum Format: String, CaseIterable {
    case npy
    case npz
    case safetensors
  }

  /// Hands the elements to `body`, some rows at a time.
  private func forEachBlock(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch values {
    case .floats(let matrix, let columns):
      try forEachBlock(body) { row in matrix.withValues { values in columns.map { values[row * matrix.columns + $0] } } }
    case .doubles(let columns): try forEachBlock(body) { row in columns.map { $0[row] } }
    case .integers(let columns): try forEachBlock(body) { row in columns.map { $0[row] } }
    }
  }

  private func forEachBlock<Value>(_ body: (UnsafeRawBufferPointer) throws -> Void, row: (Int) -> [Value]) throws {
    let blockRows = max(1, Self.blockValues / max(1, shape.dropFirst().reduce(1, *)))
    for start in stride(from: 0, to: shape[0], by: blockRows) {
      let block = (start..<min(start + blockRows, shape[0])).flatMap { row(rows?[$0] ?? $0) }
      try block.withUnsafeBytes(body)
    }
  }

  /// A complete file of row ids, int64, that has yet to get its name.
  static func idsFile(_ ids: [Int64], at url: URL) throws -> NPYWriter {
    var file = try NPYWriter(url, type: "<i8", shape: [ids.count])
    try ids.withUnsafeBytes { try file.write($0) }
    return file
  }
}
