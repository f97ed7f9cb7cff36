import CZstd

/// Zstandard (RFC 8878), one frame: bytes in which nothing but repetitions is looked for, such as manifests and packed codes.
struct ZstdEncoding: FrameEncoding {
  /// 1 to 19. It decides how a frame is compressed, not how it is read.
  var level = 1

  var tag: UInt8 { 2 }

  func serves(_ content: FrameContent) -> Bool { true }

  func bound(_ count: Int) -> Int { ZSTD_compressBound(count) }

  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    FrameWorker.lend { $0.compress(raw, .level(level), into: room) }
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    guard FrameWorker.lend({ $0.decompress(stored, into: output) }) else {
      throw StoreError.corrupt("a frame does not decompress to \(output.count) bytes (zstd)", at: place)
    }
  }

  /// The size of the frame that zstd's own header in `stored` claims; a number that no file has when there is no such header.
  static func claimedBytes(_ stored: UnsafeRawBufferPointer) -> UInt64 { ZSTD_getFrameContentSize(stored.baseAddress, stored.count) }
}
