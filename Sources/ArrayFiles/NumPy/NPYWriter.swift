import Foundation
import Groundwork

/// Writes an array as `numpy.save` does: version 1.0, little-endian, row after row.
package struct NPYWriter: ~Copyable {
  private let output: OutputFile
  private let expectedBytes: Int
  private var written = 0

  /// Writes the header of an array of `type`, as NumPy writes it (`<f4`), and `shape`.
  ///
  /// - Precondition: `type` is that of a number.
  /// - Throws: `SystemFailure`.
  package init(_ url: URL, type: String, shape: [Int]) throws {
    guard let element = ElementType(type), let bytes = NPYPreamble.product(shape + [element.size]) else {
      preconditionFailure("no array of \(shape) elements \(type) can be written")
    }
    let dimensions = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    // Elements begin at a multiple of 64 bytes.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = header.utf8.count
    let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
    let output = try OutputFile(url)
    try start.withUnsafeBytes { try output.write($0) }
    self.output = output
    expectedBytes = bytes
  }

  /// Appends elements.
  package mutating func write(_ elements: UnsafeRawBufferPointer) throws {
    try output.write(elements)
    written += elements.count
  }

  /// Gives the file its name.
  ///
  /// - Precondition: all elements were written.
  package consuming func commit() throws {
    precondition(written == expectedBytes, "\(written) bytes of elements were written, and the header says \(expectedBytes)")
    try output.commit()
  }
}
