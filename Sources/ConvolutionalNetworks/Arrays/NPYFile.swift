import Foundation
import Groundwork

/// An array of whole numbers in a `.npy` file, as `numpy.save` writes it.
///
///     | 93 'NUMPY' | major, minor | length of the header, 2 or 4 bytes | header | elements, row after row |
///
/// The header is read strictly, and the size of the file is held against the shape before anything is taken from it. Versions 1.0 to 3.0;
/// integers of 1 to 8 bytes. Archives (`.npz`), pickled objects, fractions and arrays in Fortran's order are refused, each with what to do.
///
/// Source of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
public struct NPYFile: Sendable {
  /// Bytes of a header at most; NumPy's own limit is 10,000.
  static let longestHeader = 65_536

  /// Where it is.
  public let url: URL
  /// The dimensions; the first counts the rows.
  public let shape: [Int]
  /// The type of an element as NumPy writes it, such as `|u1`.
  public let type: String
  private let element: Element
  /// Of the first element.
  private let offset: Int

  /// An integer's form: how many bytes, of which order, with a sign or without.
  private struct Element {
    let size: Int
    let isSigned: Bool
    let isBigEndian: Bool

    init?(_ type: String) {
      let parts = Array(type.utf8)
      guard parts.count == 3, let place = Array("<>|=".utf8).firstIndex(of: parts[0]),
        let size = [49: 1, 50: 2, 52: 4, 56: 8][Int(parts[2])],
        parts[1] == UInt8(ascii: "u") || parts[1] == UInt8(ascii: "i"), size == 1 || place != 2
      else { return nil }
      (self.size, isSigned, isBigEndian) = (size, parts[1] == UInt8(ascii: "i"), place == 1)
    }
  }

  /// Reads the header.
  ///
  /// - Throws: ``NPYError`` when the file cannot be read, is no `.npy` file of integers, or is not as long as its shape says.
  public init(_ url: URL) throws(NPYError) {
    let path = url.path
    let file = try ReadFile(path)
    let start = try file.bytes(at: 0, count: min(12, file.size))
    guard start.starts(with: [0x93] + Array("NUMPY".utf8)), start.count == 12 else { throw Self.otherFormat(path, start) }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw NPYError(path, "it is a .npy file of version \(start[6]).\(start[7])", remedy: "Versions 1.0 to 3.0 can be read: save it again")
    }
    let isShort = start[6] == 1
    let length = isShort ? Int(start[8]) | Int(start[9]) << 8 : (0..<4).reduce(0) { $0 | Int(start[8 + $1]) << (8 * $1) }
    guard length <= Self.longestHeader else {
      throw NPYError(path, "it gives a header of \(length) bytes, at most \(Self.longestHeader) are allowed", remedy: Self.again)
    }
    offset = (isShort ? 10 : 12) + length
    guard offset <= file.size else {
      throw NPYError(path, "its header needs \(offset) bytes, and it has \(file.size)", remedy: Self.again)
    }
    let header: NPYHeader
    do throws(NPYHeader.Problem) {
      header = try NPYHeader(try Self.header(file, at: offset - length, length))
    } catch {
      throw NPYError(path, "its header cannot be read at byte \(error.position): \(error.what)", remedy: Self.again)
    }
    guard let element = Element(header.type) else {
      throw NPYError(path, "its elements are '\(header.type)', which are no integers", remedy: "Save an array of integers, such as uint8")
    }
    // One dimension, or one that is not 1, lies the same in both orders, but NumPy then says False.
    guard !header.isFortranOrder else {
      throw NPYError(
        path, "its elements are in Fortran's order", remedy: "Save it again with numpy.save(file, numpy.ascontiguousarray(array))")
    }
    (self.url, shape, type, self.element) = (url, header.shape, header.type, element)
    guard let bytes = Self.product(header.shape + [element.size]), let end = Self.sum(bytes, offset) else {
      throw NPYError(path, "an array of \(Self.text(header.shape)) is larger than any file", remedy: Self.again)
    }
    guard file.size == end else {
      throw NPYError(
        path,
        "an array of \(Self.text(header.shape)) elements '\(header.type)' takes \(end) bytes with its header, and the file has \(file.size)",
        remedy: Self.again)
    }
  }

  /// The first `rows` rows, or all, element after element.
  ///
  /// - Precondition: there are so many rows.
  /// - Throws: ``NPYError`` when they cannot be read, or a number does not fit.
  public func integers(rows: Int? = nil) throws(NPYError) -> [Int64] {
    let bytes = try bytes(rows: rows)
    var result: [Int64] = []
    result.reserveCapacity(bytes.count / element.size)
    for start in stride(from: 0, to: bytes.count, by: element.size) {
      var bits: UInt64 = 0
      for place in 0..<element.size {
        bits |= UInt64(bytes[start + place]) << (8 * UInt64(element.isBigEndian ? element.size - 1 - place : place))
      }
      let shift = UInt64(64 - 8 * element.size)
      guard element.isSigned || bits <= UInt64(Int64.max) else {
        throw NPYError(url.path, "element \(start / element.size) is \(bits)", remedy: "Numbers go up to \(Int64.max)")
      }
      result.append(element.isSigned ? Int64(bitPattern: bits << shift) >> Int64(shift) : Int64(bits))
    }
    return result
  }

  /// The bytes of the first `rows` rows, or of all.
  ///
  /// - Precondition: there are so many rows.
  package func bytes(rows: Int? = nil) throws(NPYError) -> [UInt8] {
    precondition(rows ?? 0 <= shape.first ?? 1, "\(rows ?? 0) rows of \(shape)")
    let count = Self.product((rows.map { [$0] + shape.dropFirst() } ?? shape) + [element.size])!
    return try ReadFile(url.path).bytes(at: offset, count: count)
  }

  static func text(_ shape: [Int]) -> String { shape.isEmpty ? "one" : shape.map(String.init).joined(separator: " x ") }

  private static let again = "Save the array again with numpy.save"

  private static func header(_ file: borrowing ReadFile, at place: Int, _ length: Int) throws(NPYHeader.Problem) -> [UInt8] {
    do { return try file.bytes(at: place, count: length) } catch { throw NPYHeader.Problem(position: 0, what: "\(error)") }
  }

  private static func product(_ factors: [Int]) -> Int? {
    factors.reduce(1 as Int?) { product, factor in
      product.map { $0.multipliedReportingOverflow(by: factor) }.flatMap { $0.overflow ? nil : $0.partialValue }
    }
  }

  private static func sum(_ a: Int, _ b: Int) -> Int? {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : sum
  }

  private static func otherFormat(_ path: String, _ start: [UInt8]) -> NPYError {
    if start.starts(with: [0x50, 0x4B]) {
      return NPYError(path, "it is an archive (.npz or .zip), not a .npy file", remedy: "Save the one array with numpy.save")
    }
    if start.starts(with: [0x80]) { return NPYError(path, "it is a pickled object, not a .npy file", remedy: again) }
    return NPYError(path, start.isEmpty ? "it is empty" : "it does not begin as a .npy file does", remedy: again)
  }
}
