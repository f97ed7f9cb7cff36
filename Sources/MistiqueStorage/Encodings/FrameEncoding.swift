/// One way to store a frame: what turns its bytes into stored ones, and back.
///
/// An encoding is a value that holds nothing but its parameters. A new one takes a file, a line in `FrameEncodings.all`, and a line in
/// `EncodingChoice` if `Codec.automatic` is to use it. `EncodingConformanceTests` holds every encoding of the table to what is promised here.
protocol FrameEncoding: Sendable {
  /// The number in the frame's directory entry, by which a reader finds the encoding. It is in files: it never changes, and no other
  /// encoding ever gets it.
  var tag: UInt8 { get }

  /// Whether the encoding is made for frames like this one. Of others it may make more bytes than they have, or refuse them.
  func serves(_ content: FrameContent) -> Bool

  /// The most bytes that `encode` emits for a frame of `count` bytes. More room than that changes nothing.
  func bound(_ count: Int) -> Int

  /// Encodes all of `raw` at the start of `room`.
  ///
  /// The same frame in the same room gives the same bytes, on every thread and whatever was encoded before.
  ///
  /// - Parameter content: what lies where in `raw`. Where it is wrong the frame takes more bytes, and decodes all the same.
  /// - Returns: how many bytes were written; `nil` when they do not fit `room`, or the frame is better stored in another way.
  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int?

  /// Decodes `stored`, bytes that nobody vouches for, into all of `output`. Nothing is read or written outside the two.
  ///
  /// - Parameter place: where the frame lies; errors name it.
  /// - Throws: `StoreError` with code `corrupt` when `stored` is not a frame of `output.count` bytes, with code `unsupportedVersion` when it names
  ///   an encoding of a part that no tag stands for; `output` then holds anything.
  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws
}
