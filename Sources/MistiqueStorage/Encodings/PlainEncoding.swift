/// The bytes as they are: frames that no encoding makes smaller, and stores that are not to be compressed.
struct PlainEncoding: FrameEncoding {
  var tag: UInt8 { 0 }

  func serves(_ content: FrameContent) -> Bool { true }

  func bound(_ count: Int) -> Int { count }

  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    guard room.count >= raw.count else { return nil }
    room.copyMemory(from: raw)
    return raw.count
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    guard stored.count == output.count else {
      throw StoreError.corrupt("a frame of \(output.count) bytes has \(stored.count)", at: place)
    }
    output.copyMemory(from: stored)
  }
}
