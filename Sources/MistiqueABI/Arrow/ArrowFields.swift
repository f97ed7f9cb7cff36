import Foundation
import Mistique

/// Rows and columns of an answer as Arrow has them, without copying what lies in memory as Arrow wants it: everything but booleans.
///
/// The elements of an Array, and the values of a FloatMatrix, stay where they are as long as it is alive and nobody changes it. Each field keeps what its buffers
/// are parts of, and nothing changes an answer.
extension ArrowExport {
  /// A record batch of `fields`.
  static func batch(_ fields: [Field], rows: Int) -> Field {
    Field(name: "", format: "+s", children: fields, length: rows, buffers: [nil])
  }

  static func field(_ ids: RowIDs, name: String = "row_id") -> Field { field(ids.array, name: name, format: "l") }

  /// Rows of a matrix as a list of fixed size for each.
  static func field(_ matrix: FloatMatrix, name: String) -> Field {
    let values = matrix.withValues { UnsafeRawPointer($0.baseAddress) }
    let item = Field(
      name: "item", format: "f", length: matrix.rows * matrix.columns, buffers: [nil, values ?? someAddress], owners: [matrix])
    return Field(name: name, format: "+w:\(matrix.columns)", children: [item], length: matrix.rows, buffers: [nil])
  }

  /// A column with its missing values.
  static func field(_ column: Column, name: String) -> Field {
    var field: Field
    switch column.values {
    case .float32(let values): field = self.field(values, name: name, format: "f")
    case .float64(let values): field = self.field(values, name: name, format: "g")
    case .int64(let values): field = self.field(values, name: name, format: "l")
    case .date(let values): field = self.field(values, name: name, format: "tdD")
    case .timestamp(let values): field = self.field(values, name: name, format: "tsu:")
    case .boolean(let values):
      var bits = [UInt8](repeating: 0, count: (values.count + 7) / 8)
      for (place, value) in values.enumerated() where value { bits[place >> 3] |= 1 << UInt8(place & 7) }
      field = self.field(bits, name: name, format: "b")
      field.length = values.count
    case .text(let texts):
      field = self.field(texts.offsets, name: name, format: "U")
      field.length = texts.count
      field.buffers.append(address(texts.utf8))
      field.owners.append(texts.utf8)
    }
    if let validity = column.validity {
      // Words of 64 bits, least significant bit first, are Arrow's bitmap on every machine that Swift runs on.
      field.buffers[0] = address(validity.words)
      field.owners.append(validity.words)
      field.nullCount = validity.missingCount
    }
    return field
  }

  private static func field<Value: Sendable>(_ values: [Value], name: String, format: String) -> Field {
    Field(name: name, format: format, length: values.count, buffers: [nil, address(values)], owners: [values])
  }

  private static func address<Value>(_ values: [Value]) -> UnsafeRawPointer {
    values.withUnsafeBufferPointer { $0.isEmpty ? nil : $0.baseAddress.map { UnsafeRawPointer($0) } } ?? someAddress
  }

  /// For a buffer of no bytes: some readers of Arrow take NULL for a missing one.
  private static var someAddress: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 64)! }
}
