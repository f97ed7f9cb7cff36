import Dispatch
import Synchronization
import TestSupport

@testable import MistiqueStorage

/// The promises of `FrameEncoding` as checks. Each returns what an encoding breaks: nothing, if it conforms.
struct EncodingConformance: CustomStringConvertible, Sendable {
  let encoding: any FrameEncoding

  /// All encodings of the table.
  static let all = FrameEncodings.all.map(EncodingConformance.init)

  /// Named in errors.
  private static let place = "frame 3 of x.mqp"
  private static let guardBytes = 64

  var description: String { "\(encoding), tag \(encoding.tag)" }

  /// A frame comes back from a room of the bound, or is refused if the encoding is not made for it.
  func roundTripFaults(_ frame: SampleFrame) -> [String] {
    var faults: [String] = []
    if let stored = encoded(frame, room: encoding.bound(frame.raw.count), &faults) {
      if decoded(stored, count: frame.raw.count, &faults) != frame.raw { faults.append("\(frame): does not come back") }
    } else if encoding.serves(frame.content), frame.isSound, !frame.raw.isEmpty {
      faults.append("\(frame): is refused")
    }
    return faults
  }

  /// More room than the bound changes nothing; less is never overrun, and what fits it comes back.
  func roomFaults(_ frame: SampleFrame, _ random: inout SeededRandom) -> [String] {
    var faults: [String] = []
    let bound = encoding.bound(frame.raw.count)
    let stored = encoded(frame, room: bound, &faults)
    if encoded(frame, room: bound + Int.random(in: 1...bound + 100, using: &random), &faults) != stored {
      faults.append("\(frame): is encoded otherwise where there is more room")
    }
    let size = stored?.count ?? bound
    let rooms = [0, 1, 2, 8, size / 2, size - 9, size - 1, size, Int.random(in: 0...bound, using: &random)]
    for room in Set(rooms.map { min(max(0, $0), bound) }).sorted() {
      guard let tight = encoded(frame, room: room, &faults) else { continue }
      if decoded(tight, count: frame.raw.count, &faults) != frame.raw { faults.append("\(frame): does not come back from \(room) bytes") }
    }
    return faults
  }

  /// The same bytes whatever was encoded before, frames that did not fit among it, and whichever thread does it.
  func determinismFaults(_ frames: [SampleFrame]) -> [String] {
    @Sendable func encode(_ frame: SampleFrame, room: Int) -> [UInt8]? {
      var faults: [String] = []
      return encoded(frame, room: room, &faults)
    }
    let first = frames.map { encode($0, room: encoding.bound($0.raw.count)) }
    let faults = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 3 * frames.count) { iteration in
      let place = iteration * 7 % frames.count
      let before = frames[(place + iteration) % frames.count]
      _ = encode(before, room: before.raw.count / 2)
      if encode(frames[place], room: encoding.bound(frames[place].raw.count)) != first[place] {
        faults.withLock { $0.append("\(frames[place]): is encoded otherwise the second time") }
      }
    }
    return faults.withLock { $0 }
  }

  /// Stored bytes that are damaged, cut short, of another frame or of none, and frames of another size, are refused as corrupt or decode to all of
  /// the output.
  /// - Parameter refused: how many were refused.
  func hostileFaults(_ frames: [SampleFrame], count: Int, _ random: inout SeededRandom, refused: inout Int) -> [String] {
    var faults: [String] = []
    let stored = frames.compactMap { frame in
      encoded(frame, room: encoding.bound(frame.raw.count), &faults).map { (bytes: $0, size: frame.raw.count) }
    }
    guard !stored.isEmpty else { return faults + ["none of \(frames.count) frames can be encoded"] }
    for _ in 0..<count {
      let whole = stored.randomElement(using: &random)!
      var (bytes, size) = (whole.bytes, whole.size)
      switch Int.random(in: 0..<16, using: &random) {
      case 0: bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      case 1: size = [0, 1, size / 2, max(0, size - 1), size + 1, 2 * size, size + 4096].randomElement(using: &random)!
      case 2: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      default: bytes = damaged(bytes, &random)
      }
      if decoded(bytes, count: size, &faults) == nil { refused += 1 }
    }
    return faults
  }

  /// Encodes into a room between canaries.
  private func encoded(_ frame: SampleFrame, room: Int, _ faults: inout [String]) -> [UInt8]? {
    var memory = [UInt8](repeating: 0x5C, count: room + 2 * Self.guardBytes)
    let size = frame.raw.withUnsafeBytes { raw in
      memory.withUnsafeMutableBytes {
        encoding.encode(raw, frame.content, into: .init(rebasing: $0[Self.guardBytes..<Self.guardBytes + room]))
      }
    }
    if !Self.canariesLive(memory, 0x5C) { faults.append("\(frame): bytes beside a room of \(room) are written") }
    guard let size else { return nil }
    guard (0...room).contains(size) else {
      faults.append("\(frame): \(size) bytes are claimed of a room of \(room)")
      return nil
    }
    return Array(memory[Self.guardBytes..<Self.guardBytes + size])
  }

  /// Decodes into memory between canaries, from memory of exactly the stored size; `nil` when it is refused.
  private func decoded(_ stored: [UInt8], count: Int, _ faults: inout [String]) -> [UInt8]? {
    let source = UnsafeMutableRawBufferPointer.allocate(byteCount: stored.count, alignment: 1)
    defer { source.deallocate() }
    source.copyBytes(from: stored)
    var results: [[UInt8]] = []
    // Into memory that holds one thing and then another: what is not written shows.
    for filling in [0x5C, 0xA3] as [UInt8] {
      var memory = [UInt8](repeating: filling, count: count + 2 * Self.guardBytes)
      do {
        try memory.withUnsafeMutableBytes {
          try encoding.decode(.init(source), into: .init(rebasing: $0[Self.guardBytes..<Self.guardBytes + count]), place: Self.place)
        }
        results.append(Array(memory[Self.guardBytes..<Self.guardBytes + count]))
      } catch {
        // A frame of differences may name an encoding of its own that nobody knows.
        let code = (error as? StoreError)?.code
        if code != .corrupt && code != .unsupportedVersion || !"\(error)".hasPrefix("\(Self.place): ") {
          faults.append("\(stored.count) bytes are refused by \(error)")
        }
      }
      if !Self.canariesLive(memory, filling) { faults.append("bytes beside an output of \(count) are written") }
      if results.isEmpty { return nil }
    }
    guard results.count == 2, results[0] == results[1] else {
      faults.append("\(stored.count) bytes do not decode to all of the \(count) bytes asked for, or not always")
      return nil
    }
    return results[0]
  }

  private static func canariesLive(_ memory: [UInt8], _ filling: UInt8) -> Bool {
    memory.prefix(guardBytes).allSatisfy { $0 == filling } && memory.suffix(guardBytes).allSatisfy { $0 == filling }
  }

  /// Changes, cuts or lengthens stored bytes.
  private func damaged(_ stored: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var result = stored
    switch Int.random(in: 0..<8, using: &random) {
    case 0: result.removeLast(Int.random(in: 0...result.count, using: &random))
    case 1: result += (0..<Int.random(in: 1...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    default: break
    }
    for _ in 0..<Int.random(in: 0...6, using: &random) where !result.isEmpty {
      // Most of what can go wrong stands at the beginning.
      let reach = Bool.random(using: &random) ? min(result.count, 24) : result.count
      let values: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)]
      result[Int.random(in: 0..<reach, using: &random)] = values.randomElement(using: &random)!
    }
    return result
  }
}
