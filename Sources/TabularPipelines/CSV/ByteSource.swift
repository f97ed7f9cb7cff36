import Foundation

/// The contents of a regular file, as UTF-8, for reading at any place, by several threads at once.
///
/// A gzip file, which is recognized by its first bytes and not by its name, and a file in another encoding are converted once, into an unnamed
/// temporary file: memory stays bounded, and the disk needs room for the contents. Files in other formats or in an encoding that was not given
/// are refused with an error that names what they are. The size is fixed at opening: bytes appended later are not seen, and a file that becomes
/// shorter is an error.
final class ByteSource: Sendable {
  let file: String
  let byteCount: Int
  /// Whether the contents go on past the limit that was given. Only a file that is converted can be cut.
  let isCut: Bool
  private let descriptor: Int32

  /// Throws `CSVError`: `unreadable` when the file cannot be opened or is no regular file, `otherFormat`, `otherEncoding`, and `damaged`.
  ///
  /// - Parameter limit: conversion may stop after this many bytes of contents.
  init(_ url: URL, encoding: CSVEncoding = .utf8, atMost limit: Int = .max) throws {
    file = url.path
    var input = InputDescriptor(try Self.opened(url.path))
    var isCut = false
    if FileSignature.isGzip(try input.head(file: file)) {
      let output = try TemporaryFile(file: file)
      isCut = try Gunzip(input.descriptor, file: file).run(into: output, atMost: limit)
      input = InputDescriptor(output.take())
    }
    let head = try input.head(file: file)
    try FileSignature.check(head, isGzipped: FileSignature.isGzip(head), file: file)
    if let transcoder = try Transcoder(to: encoding, head: head, file: file) {
      let output = try TemporaryFile(file: file)
      isCut = try transcoder.run(input.descriptor, isCut: isCut, into: output, atMost: limit) || isCut
      input = InputDescriptor(output.take())
    }
    var status = stat()
    guard fstat(input.descriptor, &status) == 0 else { throw CSVError.unreadable(file: file, reason: String(cString: strerror(errno))) }
    byteCount = Int(status.st_size)
    self.isCut = isCut
    descriptor = input.take()
  }

  private static func opened(_ path: String) throws -> Int32 {
    // Without waiting: opening a FIFO would wait for its writer, and no signal would end that.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw CSVError.unreadable(file: path, reason: String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw CSVError.unreadable(file: path, reason: "it is not a regular file; copy its contents to one")
    }
    return descriptor
  }

  deinit { close(descriptor) }

  /// Reads exactly the bytes of `range`, which must lie within the file.
  func read(_ range: Range<Int>, into target: UnsafeMutablePointer<UInt8>) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a read must stay within the file")
    var done = 0
    while done < range.count {
      let got = pread(descriptor, target + done, range.count - done, off_t(range.lowerBound + done))
      if got < 0 {
        if errno == EINTR { continue }
        throw CSVError.unreadable(file: file, reason: String(cString: strerror(errno)))
      }
      guard got > 0 else { throw CSVError.unreadable(file: file, reason: "it became shorter while it was read") }
      done += got
    }
  }
}

/// A stretch of a file in memory, followed by newlines that are not part of the file.
///
/// Belongs to one thread. It keeps its buffer from one stretch to the next, and frees one that has grown too large.
final class ByteWindow {
  /// Bytes after the stretch that may be read: parsers look at eight bytes at a time.
  static let sentinelByteCount = 16

  let source: ByteSource
  /// Where in the file the stretch starts.
  private(set) var offset = 0
  private var count = 0
  private var capacity: Int
  private var buffer: UnsafeMutablePointer<UInt8>
  private let usualCapacity: Int

  init(_ source: ByteSource, capacity: Int) {
    self.source = source
    self.capacity = capacity
    usualCapacity = capacity
    buffer = .allocate(capacity: capacity + Self.sentinelByteCount)
  }

  deinit { buffer.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: buffer, count: count) }

  /// Whether the stretch reaches the file's end.
  var isAtEnd: Bool { offset + count == source.byteCount }

  /// Whether nothing follows in the contents, converted or not.
  var endsFile: Bool { isAtEnd && !source.isCut }

  /// Reads the bytes of `range`, as far as the file goes.
  func load(_ range: Range<Int>) throws {
    let range = range.clamped(to: 0..<source.byteCount)
    if range.count > capacity || capacity > usualCapacity { resize(max(range.count, usualCapacity), keeping: 0) }
    (offset, count) = (range.lowerBound, 0)
    try source.read(range, into: buffer)
    count = range.count
    placeSentinel()
  }

  /// Makes the stretch twice as long, as far as the file goes, but not longer than `limit`; at least one byte longer when it can be.
  func extend(limit: Int = .max) throws {
    let wanted = min(max(2 * count, 16), max(limit, count + 1), source.byteCount - offset)
    if wanted > capacity { resize(wanted, keeping: count) }
    try source.read(offset + count..<offset + wanted, into: buffer + count)
    count = wanted
    placeSentinel()
  }

  private func placeSentinel() { (buffer + count).initialize(repeating: UInt8(ascii: "\n"), count: Self.sentinelByteCount) }

  private func resize(_ newCapacity: Int, keeping kept: Int) {
    let other = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity + Self.sentinelByteCount)
    other.update(from: buffer, count: kept)
    buffer.deallocate()
    buffer = other
    capacity = newCapacity
  }
}
