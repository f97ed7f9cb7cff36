import CZlib
import Foundation
import Groundwork

/// Writes `.npz` archives, as `numpy.savez` does: ZIP archives whose members are stored and not compressed, in ZIP64's form from 4 GB on.
/// Source of the format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
package enum NPZWriter {
  /// What a field of 32 bits holds; its largest number says that there is a field of 64 bits.
  static let largestPlain = 0xFFFF_FFFE

  /// An array of an archive.
  package struct Member {
    /// What the array is called in the archive.
    let name: String
    let preamble: [UInt8]
    /// Hands all elements, piece by piece, to what it gets. It is run twice, since their checksum stands before them.
    let elements: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// - Parameter type: as NumPy writes it, such as `<f4`.
    package init(
      name: String, type: String, shape: [Int], elements: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) {
      self.name = name
      preamble = NPYPreamble.bytes(type: type, shape: shape)
      self.elements = elements
    }

    /// The bytes of the member, and their checksum.
    fileprivate func measured() throws -> (size: Int, checksum: UInt32) {
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
      return (size, UInt32(truncatingIfNeeded: checksum))
    }
  }

  /// Writes an archive of one array.
  ///
  /// - Parameters:
  ///   - type: as NumPy writes it, such as `<f4`.
  ///   - elements: as of a `Member`.
  /// - Throws: as `write(_:_:largestPlain:whenWritten:)`.
  package static func write(
    _ url: URL, name: String, type: String, shape: [Int], largestPlain: Int = Self.largestPlain,
    whenWritten: () throws -> Void = {}, elements: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    try withoutActuallyEscaping(elements) { elements in
      let member = Member(name: name, type: type, shape: shape, elements: elements)
      try write(url, [member], largestPlain: largestPlain, whenWritten: whenWritten)
    }
  }

  /// Writes an archive. It appears under its name once it is whole.
  ///
  /// - Parameters:
  ///   - members: of different names.
  ///   - largestPlain: bytes up to which the archive is of the plain form.
  ///   - whenWritten: called when everything is written, before the archive gets its name.
  /// - Throws: `SystemFailure`, and what `whenWritten` and the members' `elements` throw.
  package static func write(
    _ url: URL, _ members: [Member], largestPlain: Int = Self.largestPlain, whenWritten: () throws -> Void = {}
  ) throws {
    var archive = NPZArchive(largestPlain: largestPlain)
    for member in members {
      let (size, checksum) = try member.measured()
      archive.add(name: "\(member.name).npy", size: size, checksum: checksum)
    }
    let output = try OutputFile(url)
    for (member, entry) in zip(members, archive.entries) {
      try (archive.localHeader(of: entry) + member.preamble).withUnsafeBytes { try output.write($0) }
      try member.elements { try output.write($0) }
    }
    try archive.end.withUnsafeBytes { try output.write($0) }
    try whenWritten()
    try output.commit()
  }
}
