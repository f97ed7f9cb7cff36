import Foundation
import Groundwork

/// Writes a `.safetensors` file of one tensor.
package enum SafetensorsWriter {
  /// Writes the file. It appears under its name once it is whole.
  ///
  /// - Parameters:
  ///   - name: what the tensor is called in the file; not `__metadata__`, which the format keeps for itself.
  ///   - type: as the format writes it, such as `F32`.
  ///   - whenWritten: called when everything is written, before the file gets its name.
  ///   - elements: hands all elements, little-endian, piece by piece, to what it gets.
  /// - Throws: `SystemFailure`, and what `whenWritten` and `elements` throw.
  package static func write(
    _ url: URL, name: String, type: String, shape: [Int], whenWritten: () throws -> Void = {},
    elements: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    guard let size = SafetensorsDirectory.valueBytes[type], name != "__metadata__" else {
      preconditionFailure("no tensor \(name) of type \(type) can be written")
    }
    struct Tensor: Encodable {
      let dtype: String
      let shape: [Int]
      let data_offsets: [Int]
    }
    let bytes = shape.reduce(size, *)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    var header = Array(try encoder.encode([name: Tensor(dtype: type, shape: shape, data_offsets: [0, bytes])]))
    // Elements begin at a multiple of 8 bytes.
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    let start = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
    let output = try OutputFile(url)
    try start.withUnsafeBytes { try output.write($0) }
    var written = 0
    try elements { piece in
      try output.write(piece)
      written += piece.count
    }
    precondition(written == bytes, "\(written) bytes of elements were written, and the header says \(bytes)")
    try whenWritten()
    try output.commit()
  }
}
