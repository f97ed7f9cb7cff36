/// What stands before the elements of an array as `numpy.save` writes it.
///
///     | 93 'NUMPY' | major, minor | length of the header, 2 or 4 bytes | header | elements, row after row |
///
/// Versions 1.0 to 3.0. Source of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
struct NPYPreamble {
  /// Bytes of a header at most; NumPy's own limit is 10,000.
  static let longestHeader = 65_536
  /// Bytes of all of it at most.
  static let mostBytes = 12 + longestHeader

  let header: NPYHeader
  /// Where the first element is.
  let byteCount: Int

  /// Reads it from the first bytes of a file: ``mostBytes``, or all if it has fewer.
  ///
  /// - Parameter size: bytes of the whole file.
  init(_ start: [UInt8], of size: Int, path: String) throws(NPYError) {
    guard start.count >= 12, start.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw Self.otherFormat(path, start) }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw NPYError(path, "it is a .npy file of version \(start[6]).\(start[7])", remedy: "Versions 1.0 to 3.0 can be read: save it again")
    }
    let isShort = start[6] == 1
    let length = isShort ? Int(start[8]) | Int(start[9]) << 8 : (0..<4).reduce(0) { $0 | Int(start[8 + $1]) << (8 * $1) }
    guard length <= Self.longestHeader else {
      throw NPYError(path, "it gives a header of \(length) bytes, at most \(Self.longestHeader) are allowed", remedy: NPYError.saveAgain)
    }
    byteCount = (isShort ? 10 : 12) + length
    guard byteCount <= min(size, start.count) else {
      throw NPYError(path, "its header needs \(byteCount) bytes, and it has \(size)", remedy: NPYError.saveAgain)
    }
    do throws(NPYHeader.Problem) {
      header = try NPYHeader(Array(start[byteCount - length..<byteCount]))
    } catch {
      throw NPYError(path, "its header cannot be read at byte \(error.position): \(error.what)", remedy: NPYError.saveAgain)
    }
  }

  /// What stands before the elements in version 1.0: they begin at a multiple of 64 bytes, row after row.
  static func bytes(type: String, shape: [Int]) -> [UInt8] {
    let dimensions = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
  }

  /// Checks that the file is as long as its shape and type say.
  func requireSize(_ size: Int, element: Int, path: String) throws(NPYError) {
    guard let bytes = Self.product(header.shape + [element]), case let (end, overflow) = bytes.addingReportingOverflow(byteCount), !overflow
    else {
      throw NPYError(path, "an array of \(NPYFile.text(header.shape)) is larger than any file", remedy: NPYError.saveAgain)
    }
    guard size == end else {
      throw NPYError(
        path,
        "an array of \(NPYFile.text(header.shape)) elements '\(header.type)' takes \(end) bytes with its header, and the file has \(size)",
        remedy: NPYError.saveAgain)
    }
  }

  static func product(_ factors: [Int]) -> Int? {
    factors.reduce(1 as Int?) { product, factor in
      product.map { $0.multipliedReportingOverflow(by: factor) }.flatMap { $0.overflow ? nil : $0.partialValue }
    }
  }

  private static func otherFormat(_ path: String, _ start: [UInt8]) -> NPYError {
    if start.starts(with: [0x50, 0x4B]) {
      return NPYError(path, "it is an archive (.npz or .zip), not a .npy file", remedy: "Save the one array with numpy.save")
    }
    if start.starts(with: [0x80]) { return NPYError(path, "it is a pickled object, not a .npy file", remedy: NPYError.saveAgain) }
    return NPYError(path, start.isEmpty ? "it is empty" : "it does not begin as a .npy file does", remedy: NPYError.saveAgain)
  }
}
