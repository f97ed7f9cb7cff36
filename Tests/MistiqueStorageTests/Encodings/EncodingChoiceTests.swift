import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct EncodingChoiceTests {
  @Test(
    "Frames come back under every codec, whatever they hold",
    arguments: [Codec.automatic, .none, .gzip(), .gzip(level: 1), .zstd(), .zstd(level: 9)])
  func roundTrip(codec: Codec) throws {
    for frame in codec == .automatic ? SampleFrame.all.filter(\.isSound) : SampleFrame.few {
      let stored = try frame.stored(codec)
      #expect(try SampleFrame.decoded(stored, count: frame.raw.count) == frame.raw, "\(frame)")
      if codec == .automatic { #expect(stored.bytes.count <= frame.raw.count, "\(frame)") }
    }
  }

  @Test("A level that the codec does not have is an error that names it")
  func level() {
    #expect {
      try SampleFrame("text", Array("intermediate".utf8), FrameContent(.opaque)).stored(.gzip(level: 20))
    } throws: {
      ($0 as? StoreError)?.code == .invalid && "\($0)".contains("20") && "\($0)".contains("1 to 9")
    }
  }

  @Test("Activations take fewer bytes than under gzip and under zstd")
  func activationsAreSmall() throws {
    let frame = SampleFrame("activations", bytes(activations(16_384, seed: 1)), FrameContent(.float32))
    let own = try frame.stored()
    #expect(own.tag == FloatEncoding(.float32).tag)
    #expect(own.bytes.count < (try frame.stored(.gzip())).bytes.count)
    #expect(own.bytes.count < (try frame.stored(.zstd(level: 9))).bytes.count)
  }

  @Test("Floating-point numbers of which there are few are stored as words")
  func fewValues() throws {
    var random = SeededRandom(seed: 6)
    let grey = bytes((0..<16_384).map { _ in Float(random.next() % 256) / 255 })
    for element in [FrameElement.float32, .float32Column] {
      #expect(try SampleFrame("grey values", grey, FrameContent(element)).stored().tag == WordEncoding(bytes: 4).tag)
    }
  }

  @Test("A frame of noise stays as it is")
  func noise() throws {
    var random = SeededRandom(seed: 5)
    let raw = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }
    for element in [FrameElement.codes, .opaque] {
      let stored = try SampleFrame("noise", raw, FrameContent(element)).stored()
      #expect(stored.tag == PlainEncoding().tag)
      #expect(stored.bytes == raw)
    }
  }

  @Test("Similar chunks are stored as differences where that is smaller")
  func similar() throws {
    for frame in SampleFrame.similar where frame.raw.count > 10_000 {
      var alone = frame
      alone.content.differences = []
      #expect(try frame.stored().bytes.count < alone.stored().bytes.count, "\(frame)")
    }
  }

  @Test("gzip frames are what the gzip program reads")
  func gzipIsGzip() throws {
    let stored = try SampleFrame("text", Array("model intermediates".utf8), FrameContent(.opaque)).stored(.gzip())
    let result = try Command(["gzip", "-dc"], input: .init(stored.bytes)).finish()
    #expect(result.output == "model intermediates")
  }
}
