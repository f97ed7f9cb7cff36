import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// What `FrameEncoding` promises, of every encoding in the table.
@Suite struct EncodingConformanceTests {
  @Test(
    "Every frame comes back from a room of the bound, or is refused by an encoding that is not made for it",
    arguments: EncodingConformance.all)
  func roundTrip(suite: EncodingConformance) {
    let faults = SampleFrame.all.flatMap(suite.roundTripFaults)
    #expect(faults.isEmpty, "\(faults.count) faults, the first: \(faults.first ?? "")")
    #expect(SampleFrame.all.contains { suite.encoding.serves($0.content) })
  }

  @Test("More room than the bound changes nothing, and less is never overrun", arguments: EncodingConformance.all)
  func room(suite: EncodingConformance) {
    var random = SeededRandom(seed: 51)
    let faults = SampleFrame.few.flatMap { suite.roomFaults($0, &random) }
    #expect(faults.isEmpty, "\(faults.count) faults, the first: \(faults.first ?? "")")
  }

  @Test("The same frame gives the same bytes, whatever was encoded before and whichever thread does it", arguments: EncodingConformance.all)
  func determinism(suite: EncodingConformance) {
    let faults = suite.determinismFaults(SampleFrame.few)
    #expect(faults.isEmpty, "\(faults.count) faults, the first: \(faults.first ?? "")")
  }

  @Test("Hostile bytes are refused as corrupt, or decode to all of the output and nothing beside it", arguments: EncodingConformance.all)
  func hostile(suite: EncodingConformance) {
    var random = SeededRandom(seed: 52)
    let (count, frames) = (5_000, SampleFrame.few.filter { suite.encoding.serves($0.content) })
    var refused = 0
    let faults = suite.hostileFaults(frames, count: count, &random, refused: &refused)
    #expect(faults.isEmpty, "\(faults.count) faults, the first: \(faults.first ?? "")")
    // Both happen, or the damage is not what it should be.
    #expect((count / 20...count - count / 100).contains(refused), "\(refused) of \(count) are refused")
  }

  @Test("A frame of 16 MB comes back", arguments: EncodingConformance.all)
  func huge(suite: EncodingConformance) {
    let raw = bytes(activations(1 << 20, seed: 53))
    let whole = raw + raw.reversed() + raw + raw
    for element in [FrameElement.float32, .float16, .codes, .words(bytes: 8), .text] {
      var content = FrameContent(element)
      content.differences = [.init(offset: 3 << 22, bytes: 1 << 22, reference: 0)]
      guard suite.encoding.serves(content) else { continue }
      #expect(suite.roundTripFaults(SampleFrame("huge", whole, content)).isEmpty)
      break
    }
  }

  @Test("A frame without bytes and without memory is no harm", arguments: EncodingConformance.all)
  func nothing(suite: EncodingConformance) throws {
    let (none, room) = (UnsafeRawBufferPointer(start: nil, count: 0), UnsafeMutableRawBufferPointer(start: nil, count: 0))
    _ = suite.encoding.encode(none, FrameContent(.opaque), into: room)
    var random = SeededRandom(seed: 54)
    let short = (0..<500).map { _ in (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) } }
    let empty = SampleFrame.all.filter { $0.raw.isEmpty }.compactMap { $0.encoded(suite.encoding) }
    // The last one is a plain frame with a difference of no bytes.
    for stored in short + empty + [[], [0, 1, 0, 0, 0]] {
      do {
        try stored.withUnsafeBytes { try suite.encoding.decode($0, into: room, place: "test") }
      } catch let error as StoreError {
        #expect([.corrupt, .unsupportedVersion].contains(error.code))
      }
    }
  }

  @Test("The suite finds an encoding that breaks a promise, and nothing in one that keeps them", arguments: BrokenEncoding.Fault.allCases)
  func canary(fault: BrokenEncoding.Fault) {
    let suite = EncodingConformance(encoding: BrokenEncoding(fault: fault))
    let frames = Array(SampleFrame.few.filter { $0.raw.count < 5000 }.prefix(30))
    var random = SeededRandom(seed: 55)
    var refused = 0
    let faults =
      frames.flatMap(suite.roundTripFaults) + frames.flatMap { suite.roomFaults($0, &random) } + suite.determinismFaults(frames)
      + suite.hostileFaults(frames, count: 300, &random, refused: &refused)
    #expect(faults.isEmpty == (fault == .none), "\(faults.first ?? "nothing is found")")
  }
}
