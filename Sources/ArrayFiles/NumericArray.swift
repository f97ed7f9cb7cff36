import Foundation
import Groundwork

/// An array of numbers in a `.npy` file, a `.npz` archive or a `.safetensors` file, which is read some rows at a time: the first dimension counts the rows.
///
///     for array in try NumericArray.all(in: file) {
///       try array.forEachBlock(of: 1_000) { rows, bytes in ... }
///     }
///
/// Booleans, integers and floating-point numbers of up to 8 bytes, in either byte order. Elements come in C's order; an array in Fortran's order is
/// brought into it as it is read, unless it is compressed: then it is refused. An array is held against the size of its file when it is opened. What
/// is in an archive is checked against its checksum when it is read from the first row to the last.
package struct NumericArray: Sendable {
  /// The name of the file, or of the member, without `.npy`; of a tensor its name.
  package let name: String
  /// Its file, and the member or the tensor of it: for errors.
  package let origin: String
  /// The file that it is in.
  package let file: URL
  /// The dimensions; the first counts the rows.
  package let shape: [Int]
  package let element: ElementType
  package let isFortranOrder: Bool
  private let place: Place
  /// Of the file as its header was read.
  private let identity: FileIdentity

  /// Values of one row at most: 2 GB of float64.
  package static let widestRow = 1 << 28

  /// Where the first element is.
  private enum Place: Equatable {
    case file(offset: Int)
    case member(ZIPMember, offset: Int)
  }

  /// How many rows there are.
  package var rows: Int { shape[0] }
  /// Elements of one row.
  package let columns: Int
  /// Bytes of all elements.
  package var byteCount: Int { rows * rowBytes }
  private var rowBytes: Int { columns * element.size }

  /// The arrays of a `.npy` file, which is one, or of a `.npz` archive or a file that is called `.safetensors`, in its order.
  ///
  /// - Throws: ``NPYError``, ``SafetensorsError``.
  package static func all(in file: URL) throws -> [NumericArray] {
    file.pathExtension.lowercased() == "safetensors" ? try tensors(in: file) : try arrays(in: file)
  }

  private static func tensors(in file: URL) throws -> [NumericArray] {
    let opened = try ReadFile(file.path)
    let directory = try SafetensorsDirectory(size: opened.size, origin: file.path) {
      Data(try opened.bytes(at: $0.lowerBound, count: $0.count))
    }
    guard !directory.tensors.isEmpty else {
      throw NPYError(file.path, "no tensor is in it", remedy: "Save at least one tensor with safetensors' save_file")
    }
    return try directory.tensors.map { entry in
      let origin = "\(file.path), \(entry.name)"
      guard let element = ElementType(safetensors: entry.type) else {
        throw NPYError(
          origin, "its elements are \(entry.type), which are no numbers that can be stored", remedy: "Save it as BF16, F16 or F32")
      }
      return try NumericArray(
        shape: entry.shape, element: element, isFortranOrder: false, name: entry.name, origin: origin, file: file,
        identity: opened.identity, place: .file(offset: directory.dataOffset + entry.range.lowerBound))
    }
  }

  private static func arrays(in file: URL) throws(NPYError) -> [NumericArray] {
    let opened = try ReadFile(file.path)
    guard try opened.bytes(at: 0, count: min(2, opened.size)) == [0x50, 0x4B] else {
      let start = try opened.bytes(at: 0, count: min(NPYPreamble.mostBytes, opened.size))
      let preamble = try NPYPreamble(start, of: opened.size, path: file.path)
      return [
        try NumericArray(
          preamble, size: opened.size, name: file.deletingPathExtension().lastPathComponent, origin: file.path, file: file,
          identity: opened.identity, place: .file(offset: preamble.byteCount))
      ]
    }
    var arrays: [NumericArray] = []
    for member in try ZIPDirectory(file.path).members {
      guard member.name.hasSuffix(".npy") else {
        throw NPYError(member.place, "it is no .npy file", remedy: "Save arrays alone with numpy.savez")
      }
      var start = [UInt8](repeating: 0, count: min(NPYPreamble.mostBytes, member.byteCount))
      let stream = try ZIPMemberStream(member)
      var failure: NPYError?
      start.withUnsafeMutableBytes { target in
        do throws(NPYError) { try stream.read(into: target) } catch { failure = error }
      }
      if let failure { throw failure }
      let preamble = try NPYPreamble(start, of: member.byteCount, path: member.place)
      arrays.append(
        try NumericArray(
          preamble, size: member.byteCount, name: String(member.name.dropLast(4)), origin: member.place, file: file,
          identity: opened.identity, place: .member(member, offset: preamble.byteCount)))
    }
    guard !arrays.isEmpty else { throw NPYError(file.path, "no array is in it", remedy: "Save at least one array with numpy.savez") }
    return arrays
  }

  private init(
    _ preamble: NPYPreamble, size: Int, name: String, origin: String, file: URL, identity: FileIdentity, place: Place
  ) throws(NPYError) {
    let header = preamble.header
    guard let element = ElementType(header.type) else {
      throw NPYError(
        origin, "its elements are '\(header.type)', which are no numbers that can be stored", remedy: ElementType.remedy(for: header.type))
    }
    try preamble.requireSize(size, element: element.size, path: origin)
    try self.init(
      shape: header.shape, element: element, isFortranOrder: header.isFortranOrder, name: name, origin: origin, file: file,
      identity: identity, place: place)
  }

  private init(
    shape: [Int], element: ElementType, isFortranOrder: Bool, name: String, origin: String, file: URL, identity: FileIdentity,
    place: Place
  ) throws(NPYError) {
    guard !shape.isEmpty else {
      throw NPYError(origin, "it is a single number and has no rows", remedy: "Save an array whose first dimension counts the rows")
    }
    // One dimension lies the same in both orders.
    self.isFortranOrder = isFortranOrder && shape.count > 1
    if self.isFortranOrder, case .member(let member, _) = place, member.isDeflated {
      throw NPYError(
        origin, "its elements are compressed and in Fortran's order, so that no row can be read without all of it",
        remedy: "Save numpy.ascontiguousarray(array)")
    }
    // The product with the rows was found to fit; without rows it was not, but then there is nothing to read.
    guard let columns = NPYPreamble.product(Array(shape.dropFirst())), columns <= Self.widestRow else {
      throw NPYError(
        origin, "a row of \(NPYFile.text(Array(shape.dropFirst()))) values is too wide: \(Self.widestRow) are allowed",
        remedy: "Save it in parts of fewer columns")
    }
    (self.name, self.origin, self.file, self.identity, self.shape, self.element, self.columns, self.place) =
      (name, origin, file, identity, shape, element, columns, place)
  }

  /// Calls `body` with some rows after the other: their numbers and their elements as they are in the file, in C's order.
  ///
  /// Memory: one block; of an array in Fortran's order two. Complexity: O(bytes of the rows); of a compressed array, of all rows up to them.
  ///
  /// - Parameters:
  ///   - rowsPerBlock: how many rows at a time.
  ///   - range: which rows; all when nil.
  ///   - body: the bytes must not be used after it has returned.
  /// - Throws: ``NPYError`` when they cannot be read or are damaged, or the file is written meanwhile, and what `body` throws.
  package func forEachBlock(
    of rowsPerBlock: Int, rows range: Range<Int>? = nil, _ body: (Range<Int>, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    precondition(rowsPerBlock > 0, "blocks of \(rowsPerBlock) rows")
    let wanted = range ?? 0..<rows
    precondition(wanted.lowerBound >= 0 && wanted.upperBound <= rows, "rows \(wanted) of \(rows)")
    let source = try RowSource(self, wanted)
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(rowsPerBlock, wanted.count) * rowBytes), alignment: 64)
    defer { block.deallocate() }
    for start in stride(from: wanted.lowerBound, to: wanted.upperBound, by: rowsPerBlock) {
      let rows = start..<min(wanted.upperBound, start + rowsPerBlock)
      let target = UnsafeMutableRawBufferPointer(rebasing: block[..<(rows.count * rowBytes)])
      try source.read(rows, into: target)
      try body(rows, UnsafeRawBufferPointer(target))
    }
    try source.finish()
  }

  /// Whether its file, which was touched, still says the same of it.
  private var isStillDescribed: Bool {
    guard let now = try? Self.all(in: file) else { return false }
    return now.contains { other in
      (other.name, other.origin, other.shape) == (name, origin, shape) && other.element == element && other.isFortranOrder == isFortranOrder
        && other.place == place
    }
  }

  /// Where rows come from, in their order.
  private final class RowSource {
    private let array: NumericArray
    private let file: ReadFile
    /// Of the first element in the file.
    private let offset: Int
    /// For what must be read from its beginning.
    private let stream: ZIPMemberStream?
    /// Whether the stream is read to its end, where its checksum can be held against it.
    private let isWhole: Bool

    init(_ array: NumericArray, _ rows: Range<Int>) throws(NPYError) {
      self.array = array
      isWhole = rows == 0..<array.rows
      file = try ReadFile(array.file.path)
      // What its header said may be no more true of it, though it is as long.
      guard file.identity == array.identity || array.isStillDescribed else {
        throw NPYError(array.origin, "the file was written since its header was read", remedy: "Wait until it is written, and begin again")
      }
      switch array.place {
      case .file(let offset):
        self.offset = offset
        stream = nil
      case .member(let member, let offset):
        self.offset = member.offset + offset
        if isWhole, array.isFortranOrder {
          // It is read out of its order: its checksum takes a pass of its own.
          let check = try ZIPMemberStream(member)
          try check.skip(member.byteCount)
          try check.finish()
        }
        guard member.isDeflated || isWhole && !array.isFortranOrder else {
          stream = nil
          return
        }
        stream = try ZIPMemberStream(member)
        try stream?.skip(offset + rows.lowerBound * array.rowBytes)
      }
    }

    func read(_ rows: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(NPYError) {
      if let stream { return try stream.read(into: target) }
      guard array.isFortranOrder else { return try file.read(at: offset + rows.lowerBound * array.rowBytes, into: target) }
      try readColumns(rows, into: target)
    }

    /// Of an array in Fortran's order: column after column, each scattered over the rows.
    private func readColumns(_ rows: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(NPYError) {
      let size = array.element.size
      var column = [UInt8](repeating: 0, count: rows.count * size)
      var failure: NPYError?
      column.withUnsafeMutableBytes { column in
        do throws(NPYError) {
          for place in 0..<array.columns {
            try file.read(at: offset + (place * array.rows + rows.lowerBound) * size, into: column)
            let start = array.cPlace(ofFortran: place) * size
            for row in 0..<rows.count {
              target.baseAddress!.advanced(by: row * array.rowBytes + start)
                .copyMemory(from: column.baseAddress! + row * size, byteCount: size)
            }
          }
        } catch { failure = error }
      }
      if let failure { throw failure }
    }

    func finish() throws(NPYError) {
      if isWhole { try stream?.finish() }
      try file.requireUnchanged(origin: array.origin)
    }
  }

  /// Of the column that is number `place` in Fortran's order, whose first index runs fastest: its number in C's order, whose last one does.
  private func cPlace(ofFortran place: Int) -> Int {
    var (rest, result, stride) = (place, 0, columns)
    for dimension in shape.dropFirst() {
      stride /= dimension
      result += rest % dimension * stride
      rest /= dimension
    }
    return result
  }
}
