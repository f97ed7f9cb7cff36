import CZlib
import Foundation
import Groundwork

/// Writes a `.npz` archive of one array, as `numpy.savez` does: a ZIP archive whose member is stored and not compressed, in ZIP64's form from 4 GB on.
/// Source of the format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
package enum NPZWriter {
  /// What a field of 32 bits holds; its largest number says that there is a field of 64 bits.
  static let largestPlain = 0xFFFF_FFFE

  /// Writes the archive. It appears under its name once it is whole.
  ///
  /// - Parameters:
  ///   - name: what the array is called in the archive.
  ///   - type: as NumPy writes it, such as `<f4`.
  ///   - largestPlain: bytes up to which the archive is of the plain form.
  ///   - whenWritten: called when everything is written, before the archive gets its name.
  ///   - elements: hands all elements, piece by piece, to what it gets. It is run twice, since their checksum stands before them.
  /// - Throws: `SystemFailure`, and what `whenWritten` and `elements` throw.
  package static func write(
    _ url: URL, name: String, type: String, shape: [Int], largestPlain: Int = Self.largestPlain,
    whenWritten: () throws -> Void = {}, elements: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let preamble = NPYPreamble.bytes(type: type, shape: shape)
    var (checksum, size) = (crc32(0, nil, 0), 0)
    func count(_ bytes: UnsafeRawBufferPointer) {
      var rest = bytes
      while let start = rest.baseAddress, rest.count > 0 {
        let part = min(rest.count, 1 << 30)
        checksum = crc32(checksum, start.assumingMemoryBound(to: UInt8.self), UInt32(part))
        rest = UnsafeRawBufferPointer(rebasing: rest[part...])
      }
      size += bytes.count
    }
    preamble.withUnsafeBytes(count)
    try elements(count)
    let archive = Archive(name: Array("\(name).npy".utf8), size: size, checksum: UInt32(truncatingIfNeeded: checksum), largestPlain)
    let output = try OutputFile(url)
    try (archive.localHeader + preamble).withUnsafeBytes { try output.write($0) }
    try elements { try output.write($0) }
    try archive.end.withUnsafeBytes { try output.write($0) }
    try whenWritten()
    try output.commit()
  }

  /// What stands around the member.
  private struct Archive {
    let name: [UInt8]
    let size: Int
    let checksum: UInt32
    /// Whether sizes and places need 64 bits.
    let isWide: Bool

    init(name: [UInt8], size: Int, checksum: UInt32, _ largestPlain: Int) {
      (self.name, self.size, self.checksum) = (name, size, checksum)
      isWide = 30 + name.count + size > largestPlain
    }

    private var version: UInt64 { isWide ? 45 : 20 }
    private var field: UInt64 { isWide ? 0xFFFF_FFFF : UInt64(size) }
    /// The sizes in 64 bits: an extra field of kind 1.
    private var extra: [UInt8] { isWide ? Self.little([(1, 2), (16, 2), (UInt64(size), 8), (UInt64(size), 8)]) : [] }
    /// From the needed version to the length of the extra field. The name is UTF-8, and the time the beginning of 1980, as NumPy's.
    private var common: [(UInt64, Int)] {
      [
        (version, 2), (0x800, 2), (0, 2), (0, 2), (0x21, 2), (UInt64(checksum), 4), (field, 4), (field, 4), (UInt64(name.count), 2),
        (UInt64(extra.count), 2),
      ]
    }

    var localHeader: [UInt8] { Self.little([(0x0403_4B50, 4)] + common) + name + extra }

    /// The directory, and where it is.
    var end: [UInt8] {
      let start = UInt64(localHeader.count + size)
      let directory = Self.little([(0x0201_4B50, 4), (version, 2)] + common + [(0, 2), (0, 2), (0, 2), (0, 4), (0, 4)]) + name + extra
      let length = UInt64(directory.count)
      let wide = Self.little([
        (0x0606_4B50, 4), (44, 8), (version, 2), (version, 2), (0, 4), (0, 4), (1, 8), (1, 8), (length, 8), (start, 8),
        (0x0706_4B50, 4), (0, 4), (start + length, 8), (1, 4),
      ])
      let plain: [(UInt64, Int)] = [
        (0x0605_4B50, 4), (0, 2), (0, 2), (1, 2), (1, 2), (length, 4), (isWide ? 0xFFFF_FFFF : start, 4), (0, 2),
      ]
      return directory + (isWide ? wide : []) + Self.little(plain)
    }

    private static func little(_ numbers: [(UInt64, Int)]) -> [UInt8] {
      numbers.flatMap { number, size in (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }
    }
  }
}
