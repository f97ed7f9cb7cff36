import TestSupport

@testable import MistiqueStorage

/// A partition file that is not what was written.
struct Mutant {
  let bytes: [UInt8]
  /// What was done to it.
  let change: String
  /// Whether the checksums and the directory were made to fit again, so that nothing but the file's name tells that it was changed.
  let isConsistent: Bool
}

/// Damages partition files: at random, as disks and people do, and knowing the format, as somebody would who wants the reader to fail.
struct PartitionMutator {
  let original: [UInt8]
  private let image: PartitionImage
  private let payloads: [[UInt8]]

  init(_ bytes: [UInt8]) throws {
    original = bytes
    image = try PartitionImage(bytes)
    payloads = try image.payloads()
  }

  func mutant(_ random: inout SeededRandom) throws -> Mutant {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<7:
      var bytes = original
      var change = ""
      for _ in 0..<(Bool.random(using: &random) ? 1 : 3) { change += "\(Self.damage(&bytes, &random)); " }
      return Mutant(bytes: bytes, change: change, isConsistent: false)
    case 7..<14:
      var mutant = image
      var change = ""
      for _ in 0..<(Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1) { change += "\(changeDirectory(&mutant, &random)); " }
      return Mutant(bytes: try mutant.encoded(), change: change, isConsistent: true)
    case 14..<17: return try changeFrame(&random)
    default: return try changePayload(&random)
    }
  }

  // MARK: At random

  /// Changes bytes wherever they are; says how.
  static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) -> String {
    guard !bytes.isEmpty else {
      bytes = [UInt8.random(in: 0...255, using: &random)]
      return "a byte where none was"
    }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let other = Int.random(in: 0..<bytes.count, using: &random)
    let length = min(bytes.count - max(place, other), 1 + Int(random.next() % (random.next() % 4 == 0 ? 512 : 8)))
    switch Int.random(in: 0..<10, using: &random) {
    case 0...2:
      bytes[place] ^= 1 << UInt8(random.next() % 8)
      return "a flipped bit at \(place)"
    case 3:
      bytes[place] = [0, 1, 0x7f, 0x80, 0xff][Int(random.next() % 5)]
      return "byte \(place) set to \(bytes[place])"
    case 4:
      for index in place..<place + length { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
      return "\(length) bytes overwritten at \(place)"
    case 5:
      bytes.removeLast(bytes.count - place)
      return "cut to \(place) bytes"
    case 6:
      let more = 1 + Int(random.next() % 64)
      bytes += (0..<more).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return "\(more) bytes more"
    case 7:
      for index in 0..<length { bytes.swapAt(place + index, other + index) }
      return "\(length) bytes swapped between \(place) and \(other)"
    case 8:
      let copied = Array(bytes[other..<other + length])
      bytes.insert(contentsOf: copied, at: place)
      return "\(length) bytes of \(other) again at \(place)"
    default:
      let page = place / 512 * 512
      let end = min(bytes.count, page + 512)
      for index in page..<end { bytes[index] = 0 }
      return "bytes \(page)..<\(end) zeroed"
    }
  }

  // MARK: The directory

  private static let frameFields: [(String, any WritableKeyPath<PartitionImage.Frame, UInt64> & Sendable)] = [
    ("encoding", \.encoding), ("stored bytes", \.storedBytes), ("raw bytes", \.rawBytes), ("checksum", \.checksum),
    ("residual bytes", \.residualBytes), ("residual checksum", \.residualChecksum),
  ]
  private static let chunkFields: [(String, any WritableKeyPath<PartitionImage.Chunk, UInt64> & Sendable)] = [
    ("kind", \.kind), ("type", \.type), ("flags", \.flags), ("rows", \.rows), ("width", \.width), ("payload bytes", \.payloadBytes),
    ("step", \.step), ("offset", \.offset), ("rows per frame", \.rowsPerFrame), ("fingerprint", \.fingerprint),
  ]

  /// Numbers at which something ends or begins, and neighbours of `value`.
  private static func number(near value: UInt64, _ random: inout SeededRandom) -> UInt64 {
    let edges: [UInt64] = [
      0, 1, 2, 7, 8, 16, 19, 24, 63, 64, 127, 128, 255, 1 << 16, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 40, 1 << 56,
      (1 << 63) - 1, 1 << 63, .max,
    ]
    let near: [UInt64] = [value &+ 1, value &- 1, value &* 2, value / 2, value &+ 8, value &* 16, value ^ (1 << (random.next() % 34))]
    return random.next() % 2 == 0 ? near[Int(random.next() % UInt64(near.count))] : edges[Int(random.next() % UInt64(edges.count))]
  }

  private func changeDirectory(_ image: inout PartitionImage, _ random: inout SeededRandom) -> String {
    guard !image.frames.isEmpty, !image.chunks.isEmpty else { return "nothing" }
    let frame = Int.random(in: 0..<image.frames.count, using: &random)
    let chunk = Int.random(in: 0..<image.chunks.count, using: &random)
    let otherFrame = Int.random(in: 0..<image.frames.count, using: &random)
    let otherChunk = Int.random(in: 0..<image.chunks.count, using: &random)
    switch Int.random(in: 0..<22, using: &random) {
    case 0..<4:
      let (name, field) = Self.frameFields[Int(random.next() % UInt64(Self.frameFields.count))]
      let value = name == "encoding" ? random.next() % 15 : Self.number(near: image.frames[frame][keyPath: field], &random)
      image.frames[frame][keyPath: field] = value
      return "frame \(frame): \(name) \(value)"
    case 4..<12:
      let (name, field) = Self.chunkFields[Int(random.next() % UInt64(Self.chunkFields.count))]
      let value = name == "type" ? random.next() % 26 : Self.number(near: image.chunks[chunk][keyPath: field], &random)
      image.chunks[chunk][keyPath: field] = value
      return "chunk \(chunk): \(name) \(value)"
    case 12:
      image.frames.swapAt(frame, otherFrame)
      return "frames \(frame) and \(otherFrame) swapped"
    case 13:
      image.chunks.swapAt(chunk, otherChunk)
      return "chunks \(chunk) and \(otherChunk) swapped"
    case 14:
      image.frames[frame].store(image.frames[otherFrame].stored)
      return "frame \(frame) has the bytes of \(otherFrame)"
    case 15:
      image.frames.insert(image.frames[otherFrame], at: frame)
      return "frame \(otherFrame) again at \(frame)"
    case 16:
      image.chunks.insert(image.chunks[otherChunk], at: chunk)
      return "chunk \(otherChunk) again at \(chunk)"
    case 17:
      image.frames.remove(at: frame)
      return "frame \(frame) left out"
    case 18:
      image.chunks.remove(at: chunk)
      return "chunk \(chunk) left out"
    case 19:
      image.claimedFrames = Self.number(near: UInt64(image.frames.count), &random)
      return "\(image.claimedFrames!) frames claimed"
    case 20:
      image.claimedChunks = Self.number(near: UInt64(image.chunks.count), &random)
      return "\(image.claimedChunks!) chunks claimed"
    default:
      image.copy = Self.number(near: 0, &random)
      return "copy \(image.copy)"
    }
  }

  // MARK: What lies in the frames

  /// Bytes of an encoded frame, its checksum right again.
  private func changeFrame(_ random: inout SeededRandom) throws -> Mutant {
    var mutant = image
    let frame = Int.random(in: 0..<image.frames.count, using: &random)
    var stored = image.frames[frame].stored
    var change = "frame \(frame): "
    if !image.frames[frame].residual.isEmpty, Bool.random(using: &random) {
      var residual = image.frames[frame].residual
      change += "residual: " + Self.damage(&residual, &random)
      mutant.frames[frame].store(residual: residual)
      return Mutant(bytes: try mutant.encoded(), change: change, isConsistent: true)
    }
    if Bool.random(using: &random), stored.count > 16 {
      // The first bytes say how the rest is to be read.
      var head = Array(stored[..<16])
      change += Self.damage(&head, &random)
      stored = head + stored[16...]
    } else {
      change += Self.damage(&stored, &random)
    }
    mutant.frames[frame].store(stored)
    return Mutant(bytes: try mutant.encoded(), change: change, isConsistent: true)
  }

  /// Bytes of a chunk, everything else fitting them: a record's length may change, values keep theirs.
  private func changePayload(_ random: inout SeededRandom) throws -> Mutant {
    var changed = payloads
    let chunk = Int.random(in: 0..<changed.count, using: &random)
    var change = "payload of chunk \(chunk): "
    let isRecord = image.chunks[chunk].kind != 0
    if isRecord, random.next() % 2 == 0, let lie = RecordMutator.lie(changed[chunk], &random) {
      changed[chunk] = lie.bytes
      change += lie.change
    } else {
      for _ in 0..<1 + Int(random.next() % 3) {
        let before = changed[chunk].count
        change += Self.damage(&changed[chunk], &random) + "; "
        guard !isRecord, image.chunks[chunk].type != UInt64(ColumnType.text.rawValue) else { continue }
        changed[chunk] = Array(changed[chunk].prefix(before)) + [UInt8](repeating: 0, count: max(0, before - changed[chunk].count))
      }
    }
    return Mutant(bytes: try image.relaid(changed).encoded(), change: change, isConsistent: true)
  }
}
