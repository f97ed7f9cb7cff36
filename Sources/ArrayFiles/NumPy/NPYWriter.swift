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
    let output = try OutputFile(url)
    try NPYPreamble.bytes(type: type, shape: shape).withUnsafeBytes { try output.write($0) }
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
