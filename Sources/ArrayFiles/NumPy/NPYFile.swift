import Foundation
import Groundwork

/// An array of whole numbers in a `.npy` file, as `numpy.save` writes it: images and their labels.
///
/// The header is read strictly, and the size of the file is held against the shape before anything is taken from it. Integers of 1 to 8 bytes.
/// Archives (`.npz`), pickled objects, fractions and arrays in Fortran's order are refused, each with what to do. Arrays of any numbers are read
/// by `NumericArray`.
public struct NPYFile: Sendable {
  /// Where it is.
  public let url: URL
  /// The dimensions; the first counts the rows.
  public let shape: [Int]
  /// The type of an element as NumPy writes it, such as `|u1`.
  public let type: String
  private let element: ElementType
  /// Of the first element.
  private let offset: Int
  /// Of the file as its header was read.
  private let identity: FileIdentity

  /// Reads the header.
  ///
  /// - Throws: ``NPYError`` when the file cannot be read, is no `.npy` file of integers, or is not as long as its shape says.
  public init(_ url: URL) throws(NPYError) {
    let path = url.path
    let file = try ReadFile(path)
    let preamble = try NPYPreamble(try file.bytes(at: 0, count: min(NPYPreamble.mostBytes, file.size)), of: file.size, path: path)
    let header = preamble.header
    guard let element = ElementType(header.type), element.isInteger else {
      throw NPYError(path, "its elements are '\(header.type)', which are no integers", remedy: "Save an array of integers, such as uint8")
    }
    // One dimension, or one that is not 1, lies the same in both orders, but NumPy then says False.
    guard !header.isFortranOrder else {
      throw NPYError(
        path, "its elements are in Fortran's order", remedy: "Save it again with numpy.save(file, numpy.ascontiguousarray(array))")
    }
    try preamble.requireSize(file.size, element: element.size, path: path)
    (self.url, shape, type, self.element, offset) = (url, header.shape, header.type, element, preamble.byteCount)
    identity = file.identity
  }

  /// The first `rows` rows, or all, element after element.
  ///
  /// - Precondition: there are so many rows.
  /// - Throws: ``NPYError`` when they cannot be read, or a number does not fit.
  public func integers(rows: Int? = nil) throws(NPYError) -> [Int64] {
    let result = try bytes(rows: rows).withUnsafeBytes { element.integers($0) }
    if element.kind == .unsigned, element.size == 8, let place = result.firstIndex(where: { $0 < 0 }) {
      throw NPYError(url.path, "element \(place) is \(UInt64(bitPattern: result[place]))", remedy: "Numbers go up to \(Int64.max)")
    }
    return result
  }

  /// The bytes of the first `rows` rows, or of all.
  ///
  /// - Precondition: there are so many rows.
  package func bytes(rows: Int? = nil) throws(NPYError) -> [UInt8] {
    precondition(rows ?? 0 <= shape.first ?? 1, "\(rows ?? 0) rows of \(shape)")
    let count = NPYPreamble.product((rows.map { [$0] + shape.dropFirst() } ?? shape) + [element.size])!
    let file = try ReadFile(url.path)
    guard file.identity == identity else {
      throw NPYError(url.path, "the file was written since its header was read", remedy: "Wait until it is written, and begin again")
    }
    let bytes = try file.bytes(at: offset, count: count)
    try file.requireUnchanged(origin: url.path)
    return bytes
  }

  /// A shape in words: `1000 x 3 x 32 x 32`.
  package static func text(_ shape: [Int]) -> String { shape.isEmpty ? "one" : shape.map(String.init).joined(separator: " x ") }
}
