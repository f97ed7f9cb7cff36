import ArrayFiles
import Foundation
import TestSupport
import Testing

/// A folder with files as NumPy saves them.
struct SavedArrays {
  let folder = TemporaryDirectory("arrays")

  func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

  /// Runs Python with `numpy` as `np` and the folder's path in `folder`.
  func python(_ script: String) throws {
    let result = try Command(["python3", "-c", "import sys, zipfile, io, numpy as np\nfolder = sys.argv[1] + '/'\n" + script, folder.path])
      .finish()
    try #require(result.status == 0, "\(result.errors)")
  }

  /// A `.npy` file of version 1.0 with this header and these elements.
  static func npy(_ type: String, _ shape: String, _ elements: [UInt8], order: String = "False") -> [UInt8] {
    let header = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)] + header + elements
  }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> URL {
    try Data(bytes).write(to: url(name))
    return url(name)
  }

  /// The little-endian bytes of numbers.
  static func bytes<Value>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
}

extension NumericArray {
  /// All elements as they come, in C's order and their own byte order.
  func elements(of rowsPerBlock: Int, rows: Range<Int>? = nil) throws -> [UInt8] {
    var result: [UInt8] = []
    var next = rows?.lowerBound ?? 0
    try forEachBlock(of: rowsPerBlock, rows: rows) { rows, bytes in
      #expect(rows.lowerBound == next && rows.count <= rowsPerBlock && bytes.count == rows.count * columns * element.size)
      next = rows.upperBound
      result += bytes
    }
    #expect(next == rows?.upperBound ?? self.rows)
    return result
  }
}
