import CStorageKernels

/// How the codes of a frame are put side by side, and about how many bytes that takes: found by looking at some of them.
struct NeighbourChoice: Equatable, Sendable {
  let arrangement: NeighbourEncoding.Arrangement
  /// The code of symbol 0.
  let first: UInt8
  /// Codes of a line; 0 for four in a row.
  let line: Int
  /// Whether one byte is so frequent that runs of it, which no Huffman code makes shorter than a bit each, are worth finding.
  private(set) var hasRuns = false
  /// Bits for each code, as the sample has it.
  private(set) var bitsPerCode = 0.0

  init(arrangement: NeighbourEncoding.Arrangement, first: UInt8, line: Int) {
    (self.arrangement, self.first, self.line) = (arrangement, first, line)
  }

  /// Bytes of the symbols of `count` codes.
  func packedBytes(_ count: Int) -> Int {
    arrangement == .pairs ? mistique_neighbours_pair_bytes(count) : mistique_neighbours_square_bytes(count, line)
  }

  /// The arrangement of fewer bits.
  init(_ sample: NeighbourSample) {
    let choices = [NeighbourEncoding.Arrangement.pairs, .squares].map { Self(sample, arrangement: $0) }
    self = choices[0].bitsPerCode <= choices[1].bitsPerCode ? choices[0] : choices[1]
  }

  private init(_ sample: NeighbourSample, arrangement: NeighbourEncoding.Arrangement) {
    let (first, _) = sample.best(symbols: arrangement.last)
    self.init(arrangement: arrangement, first: first, line: arrangement == .pairs ? 0 : sample.line)
    let (packed, escapes) = sample.packed(self)
    let bits = BitEstimate.bits(packed) + BitEstimate.bits(escapes)
    bitsPerCode = sample.codes.isEmpty ? 0 : bits / Double(sample.codes.count)
    hasRuns = (packed.max() ?? 0) * 4 > packed.reduce(0, +) * 3
  }
}

/// Some codes of a frame: whole pairs of lines, evenly spread.
struct NeighbourSample {
  static let largestCount = 4096

  /// Codes of a line; 0 where squares would not fit them.
  let line: Int
  let codes: [UInt8]
  /// How often each code occurs among them.
  let counts: [UInt32]

  /// - Parameter lineLength: codes of a line of the maps; 0 where that is not known.
  init(_ raw: UnsafeRawBufferPointer, lineLength: Int) {
    line = lineLength % 2 == 0 && lineLength * 2 <= min(Self.largestCount, raw.count) ? lineLength : 0
    let piece = max(2 * line, 256)
    var codes: [UInt8] = []
    if raw.count <= Self.largestCount {
      codes = Array(raw)
    } else {
      let unit = line > 0 ? piece / (2 * line) * 2 * line : piece
      let pieces = Self.largestCount / unit
      codes.reserveCapacity(pieces * unit)
      for place in 0..<pieces {
        let start = (raw.count - unit) / max(1, pieces - 1) * place
        let aligned = line > 0 ? start / (2 * line) * 2 * line : start
        codes += raw[aligned..<aligned + unit]
      }
    }
    var counts = [UInt32](repeating: 0, count: 256)
    mistique_neighbours_count(codes, codes.count, &counts)
    (self.codes, self.counts) = (codes, counts)
  }

  /// Whether so many codes lie side by side that symbols of four bits may do: with less than half of them, escapes alone take four bits for each code.
  var mayCrowd: Bool { best(symbols: NeighbourEncoding.Arrangement.pairs.last).count * 2 >= codes.count }

  /// The first of those `symbols` consecutive codes that most codes of the sample are among, and how many are.
  func best(symbols: Int) -> (first: UInt8, count: Int) {
    var inWindow = counts[..<symbols].reduce(0, +)
    var best = (first: 0, count: inWindow)
    for first in 1...(256 - symbols) {
      inWindow = inWindow - counts[first - 1] + counts[first + symbols - 1]
      if inWindow > best.count { best = (first, inWindow) }
    }
    return (UInt8(best.first), Int(best.count))
  }

  /// How often each byte occurs when the sample is arranged so, and each code among the escapes.
  func packed(_ choice: NeighbourChoice) -> (symbols: [UInt32], escapes: [UInt32]) {
    let size = choice.packedBytes(codes.count)
    var (symbols, others) = ([UInt32](repeating: 0, count: 256), counts)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size + codes.count) { memory in
      guard let packed = memory.baseAddress else { return }
      if choice.arrangement == .pairs {
        _ = mistique_neighbours_pack_pairs(codes, codes.count, choice.first, packed, packed + size)
      } else {
        _ = mistique_neighbours_pack_squares(codes, codes.count, choice.line, choice.first, packed, packed + size)
      }
      mistique_neighbours_count(packed, size, &symbols)
    }
    for symbol in 0..<choice.arrangement.last { others[Int(choice.first) + symbol] = 0 }
    return (symbols, others)
  }
}

/// About how many bits a Huffman code takes for symbols of such counts. The same on every machine: logarithms come from multiplications alone.
enum BitEstimate {
  /// With the table of the code: a few bits for each symbol that occurs.
  static func bits(_ counts: [UInt32]) -> Double {
    var (total, distinct, bits) = (0, 0.0, 0.0)
    for count in counts where count > 0 {
      total += Int(count)
      distinct += 1
      bits -= timesLog2(Int(count))
    }
    return max(bits + timesLog2(total), Double(total)) + bitsPerEntry * distinct
  }

  /// What a symbol takes in the table, scaled to the sample of a frame that is about sixteen times as large.
  private static let bitsPerEntry = 0.25

  /// n x log2(n).
  static func timesLog2(_ n: Int) -> Double { n < table.count ? table[n] : Double(n) * log2(Double(n)) }

  private static let table: [Double] = (0...NeighbourSample.largestCount).map { $0 == 0 ? 0 : Double($0) * log2(Double($0)) }

  /// Bit by bit, by squaring; exact to 2^-40.
  private static func log2(_ value: Double) -> Double {
    var (result, rest, bit) = (Double(value.exponent), value.significand, 0.5)
    for _ in 0..<40 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }
}

extension NeighbourSample {
  /// Bits for each code as `FloatEncoding` keeps them: a mask of code 0 and the others, or all of them.
  var bitsPerCodeWithMask: Double {
    guard !codes.isEmpty else { return 0 }
    let all = BitEstimate.bits(counts)
    guard counts[0] > codes.count / 5 else { return all / Double(codes.count) }
    var (masks, others) = ([UInt32](repeating: 0, count: 256), counts)
    let bytes = (codes.count + 7) / 8
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes + codes.count + FloatEncoding.slack) { memory in
      guard let mask = memory.baseAddress else { return }
      _ = mistique_floats_pack8(codes, codes.count, mask, mask + bytes)
      mistique_neighbours_count(mask, bytes, &masks)
    }
    others[0] = 0
    return (BitEstimate.bits(masks) + BitEstimate.bits(others)) / Double(codes.count)
  }
}
