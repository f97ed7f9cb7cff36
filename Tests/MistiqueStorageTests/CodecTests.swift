import MistiqueStorage
import TestSupport
import Testing

@Suite struct CodecTests {
  @Test("What was compressed comes back, whatever its size", arguments: [Codec.none, .gzip(), .gzip(level: 1), .zstd(), .zstd(level: 9)])
  func roundTrip(codec: Codec) throws {
    for count in [0, 1, 2, 100, 65_537, 1 << 20] {
      let values = activations(count, seed: UInt64(count))
      let raw = values.withUnsafeBytes { Array($0) }
      let stored = ByteBuffer(count: codec.bound(raw.count))
      let size = try raw.withUnsafeBytes { raw in try stored.withMutableBytes { try codec.compress(raw, into: $0) } }
      var back = [UInt8](repeating: 1, count: raw.count)
      try BufferSlice(stored, count: size).withBytes { stored in
        try back.withUnsafeMutableBytes { try Codec.decompress(stored, identifier: codec.identifier, into: $0, place: "test") }
      }
      #expect(back == raw)
    }
  }

  @Test("gzip frames are what the gzip program reads")
  func gzipIsGzip() throws {
    let codec = Codec.gzip()
    let text = Array("model intermediates".utf8)
    let stored = ByteBuffer(count: codec.bound(text.count))
    let size = try text.withUnsafeBytes { text in try stored.withMutableBytes { try codec.compress(text, into: $0) } }
    #expect(Array(BufferSlice(stored, count: 3).array) == [0x1f, 0x8b, 8])
    #expect(size < codec.bound(text.count))
  }

  @Test("A codec this version does not know is refused by its number")
  func unknownCodec() {
    var output: [UInt8] = [0]
    #expect {
      try output.withUnsafeMutableBytes { try Codec.decompress(UnsafeRawBufferPointer($0), identifier: 9, into: $0, place: "test") }
    } throws: {
      ($0 as? StoreError)?.code == .unsupportedVersion && "\($0)".contains("codec 9")
    }
  }
}
