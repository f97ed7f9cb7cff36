import CZlib

/// One file within an archive.
struct ZIPMember: Sendable, Equatable {
  /// Of the archive.
  let path: String
  /// Its own name, such as `layer1.npy`.
  let name: String
  /// Of its first byte in the archive.
  let offset: Int
  let compressedBytes: Int
  /// Bytes after decompression.
  let byteCount: Int
  let isDeflated: Bool
  /// CRC-32 of its bytes.
  let checksum: UInt32

  /// For errors.
  var place: String { "\(path), \(name)" }
}

/// Reads a member from its first byte on, decompressing it on the way, and checks its checksum at the end.
///
/// Memory: a buffer of 256 KB, whatever the member's size.
final class ZIPMemberStream {
  private static let bufferBytes = 256 << 10

  private let member: ZIPMember
  private let file: ReadFile
  /// At a place of its own: zlib refuses a stream that was moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private var buffer: [UInt8]
  /// Compressed bytes that were read, and decompressed ones that were handed out.
  private var taken = 0
  private var given = 0
  private var checksum: UInt

  init(_ member: ZIPMember) throws(NPYError) {
    self.member = member
    file = try ReadFile(member.path)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    buffer = member.isDeflated ? [UInt8](repeating: 0, count: min(Self.bufferBytes, max(1, member.compressedBytes))) : []
    checksum = crc32(0, nil, 0)
    // Raw deflate: without the header of zlib or gzip.
    guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw NPYError(member.place, "zlib could not start", remedy: "Free memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Fills `target` with the next bytes.
  ///
  /// - Throws: ``NPYError`` when the member ends before, is damaged or cannot be read.
  func read(into target: UnsafeMutableRawBufferPointer) throws(NPYError) {
    guard target.count <= member.byteCount - given else { throw damaged("it ends after \(member.byteCount) bytes") }
    if member.isDeflated {
      try inflate(into: target)
    } else {
      try file.read(at: member.offset + given, into: target)
    }
    given += target.count
    var rest = UnsafeRawBufferPointer(target)
    while let start = rest.baseAddress, rest.count > 0 {
      let count = min(rest.count, 1 << 30)
      checksum = crc32(checksum, start.assumingMemoryBound(to: UInt8.self), UInt32(count))
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Passes over bytes.
  func skip(_ count: Int) throws(NPYError) {
    var scratch = [UInt8](repeating: 0, count: min(count, Self.bufferBytes))
    var left = count
    while left > 0 {
      var failure: NPYError?
      scratch.withUnsafeMutableBytes { bytes in
        let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[..<min(left, bytes.count)])
        do throws(NPYError) { try read(into: piece) } catch { failure = error }
      }
      if let failure { throw failure }
      left -= min(left, scratch.count)
    }
  }

  /// Checks that everything was read, that nothing follows, and that it is what was written.
  func finish() throws(NPYError) {
    precondition(given == member.byteCount, "\(member.place) was read up to byte \(given) of \(member.byteCount)")
    if member.isDeflated {
      var byte: UInt8 = 0
      let (status, made) = try withUnsafeMutablePointer(to: &byte) { target throws(NPYError) in
        (stream.pointee.next_out, stream.pointee.avail_out) = (target, 1)
        var status = try step()
        while status == Z_OK, stream.pointee.avail_out == 1 { status = try step() }
        return (status, stream.pointee.avail_out == 0)
      }
      guard status == Z_STREAM_END, !made else { throw damaged("it has more than the \(member.byteCount) bytes that the directory says") }
    }
    guard UInt32(truncatingIfNeeded: checksum) == member.checksum else { throw damaged("its checksum is not that of the directory") }
  }

  private func inflate(into target: UnsafeMutableRawBufferPointer) throws(NPYError) {
    var made = 0
    while made < target.count {
      let room = min(target.count - made, 1 << 30)
      stream.pointee.next_out = target.baseAddress!.assumingMemoryBound(to: UInt8.self) + made
      stream.pointee.avail_out = UInt32(room)
      let status = try step()
      made += room - Int(stream.pointee.avail_out)
      guard status == Z_OK || made == target.count else { throw damaged("its data end before its \(member.byteCount) bytes") }
    }
  }

  /// Decompresses until there is no room, or no input left, or the data end: `Z_OK` or `Z_STREAM_END`.
  private func step() throws(NPYError) -> Int32 {
    var failure: NPYError?
    var status = Z_OK
    buffer.withUnsafeMutableBytes { bytes in
      let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      var left = Int(stream.pointee.avail_in)
      if left == 0, taken < member.compressedBytes {
        left = min(bytes.count, member.compressedBytes - taken)
        do throws(NPYError) {
          try file.read(at: member.offset + taken, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<left]))
        } catch { failure = error }
        taken += left
        filled = left
      }
      (stream.pointee.next_in, stream.pointee.avail_in) = (start + (filled - left), UInt32(left))
      status = CZlib.inflate(stream, Z_NO_FLUSH)
    }
    if let failure { throw failure }
    // Without room or input there may be nothing to do, which is no fault of the data as long as there is more to come.
    if status == Z_BUF_ERROR, stream.pointee.avail_in == 0, taken < member.compressedBytes { return Z_OK }
    guard status == Z_OK || status == Z_STREAM_END else {
      throw damaged("it cannot be decompressed (\(stream.pointee.msg.map { String(cString: $0) } ?? "its data end too early"))")
    }
    return status
  }

  /// Bytes that the buffer was last filled with.
  private var filled = 0

  private func damaged(_ what: String) -> NPYError { ZIPDirectory.damaged(member.place, what) }
}
