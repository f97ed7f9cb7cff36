import ArrayFiles
import Foundation
import Mistique

/// Files that hold one array.
extension ExportedArray {
  /// Writes a file of this format, in which the array is called `name`.
  ///
  /// - Parameter whenWritten: called when everything is written, before the file gets its name.
  /// - Throws: `SystemFailure`, and what `whenWritten` throws. An old file stays where the new one is not complete.
  func write(to url: URL, as format: Format, name: String, whenWritten: () throws -> Void) throws {
    switch format {
    case .npy:
      var file = try NPYWriter(url, type: element.numpy, shape: shape)
      try forEachBlock { try file.write($0) }
      try whenWritten()
      try file.commit()
    case .npz: try NPZWriter.write(url, name: name, type: element.numpy, shape: shape, whenWritten: whenWritten, elements: forEachBlock)
    case .safetensors:
      guard name != "__metadata__" else {
        throw QuestionError(url.path, "a safetensors file has no tensor called \(name)", remedy: "Export .npy or .npz")
      }
      try SafetensorsWriter.write(
        url, name: name, type: element.safetensors, shape: shape, whenWritten: whenWritten, elements: forEachBlock)
    }
  }

  /// Writes an archive of sequences: the array as `values`, and beside it whose its rows are.
  ///
  /// - Throws: as `write(to:as:name:whenWritten:)`.
  func write(_ sequences: Sequences, to url: URL, whenWritten: () throws -> Void) throws {
    func numbers(_ name: String, _ numbers: [Int64]) -> NPZWriter.Member {
      NPZWriter.Member(name: name, type: "<i8", shape: [numbers.count]) { take in try numbers.withUnsafeBytes { try take($0) } }
    }
    let members = [
      NPZWriter.Member(name: "values", type: element.numpy, shape: shape, elements: forEachBlock),
      numbers("row_id", sequences.rowIDs), numbers("lengths", sequences.lengths), numbers("offsets", sequences.offsets),
      numbers("widths", sequences.widths),
    ]
    try NPZWriter.write(url, members, whenWritten: whenWritten)
  }

  /// Files of arrays that can be written, by what their names end in.
  enum Format: String, CaseIterable {
    case npy
    case npz
    case safetensors
  }

  /// Values that are written at a time.
  private static let blockValues = 1 << 18

  /// Hands the elements to `body`, some rows at a time.
  private func forEachBlock(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch values {
    case .floats(let matrix, let columns):
      try encodeBlocks(body, encode: { (block: [Float]) in element.elements(block) }) { row in
        matrix.withValues { values in columns.map { values[row * matrix.columns + $0] } }
      }
    case .doubles(let columns):
      try encodeBlocks(body, encode: { (block: [Double]) in element.elements(block) }) { row in columns.map { $0[row] } }
    case .integers(let columns):
      try encodeBlocks(body, encode: { (block: [Int64]) in element.elements(block) }) { row in columns.map { $0[row] } }
    }
  }

  private func encodeBlocks<Value>(
    _ body: (UnsafeRawBufferPointer) throws -> Void, encode: ([Value]) -> [UInt8]?, row: (Int) -> [Value]
  ) throws {
    let blockRows = max(1, Self.blockValues / max(1, shape.dropFirst().reduce(1, *)))
    for start in stride(from: 0, to: shape[0], by: blockRows) {
      let block = (start..<min(start + blockRows, shape[0])).flatMap { row(rows?[$0] ?? $0) }
      guard let elements = encode(block) else { preconditionFailure("a value is none of \(element.name)") }
      try elements.withUnsafeBytes(body)
    }
  }

  /// A complete file of row ids, int64, that has yet to get its name.
  static func idsFile(_ ids: [Int64], at url: URL) throws -> NPYWriter {
    var file = try NPYWriter(url, type: "<i8", shape: [ids.count])
    try ids.withUnsafeBytes { try file.write($0) }
    return file
  }
}
