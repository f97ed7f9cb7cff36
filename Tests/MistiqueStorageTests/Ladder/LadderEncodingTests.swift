import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// The two rungs of a frame: what they hold, and what becomes of bytes that were never written.
@Suite struct LadderEncodingTests {
  struct Rungs {
    let base: [UInt8]
    let residual: [UInt8]
  }

  static func encode(_ values: [Float], _ grid: UniformGrid, line: Int = 0) -> Rungs? {
    var content = FrameContent(.float32)
    content.grid = grid
    content.lineLength = line
    var base = [UInt8](repeating: 0, count: LadderEncoding.baseBound(values.count))
    var residual = [UInt8](repeating: 0, count: LadderEncoding.residualBound(values.count))
    let sizes = values.withUnsafeBytes { raw in
      base.withUnsafeMutableBytes { base in
        residual.withUnsafeMutableBytes { LadderEncoding.encode(raw, content, base: base, residual: $0) }
      }
    }
    return sizes.map { Rungs(base: Array(base[..<$0.base]), residual: Array(residual[..<$0.residual])) }
  }

  static func decode(_ rungs: Rungs, count: Int, whole: Bool) throws -> [Float] {
    var values = [Float](repeating: .nan, count: count)
    try rungs.base.withUnsafeBytes { base in
      let frame = try LadderFrame(base: base, place: "test")
      try values.withUnsafeMutableBytes { output in
        if whole {
          try rungs.residual.withUnsafeBytes { try frame.decode(residual: $0, into: output) }
        } else {
          try frame.decodeBase(into: output)
        }
      }
    }
    return values
  }

  static func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  @Test("Both rungs give every bit back, the base alone is within the bound, whatever the values and the bound")
  func generated() throws {
    let report = TortureRun("ladder", TortureSettings("MISTIQUE_LADDER", small: 300)).run { _, random in
      let count = 1 + Int(random.next() % 5000)
      let bound = QuantizationScheme.ErrorBound.relative(pow(10, random.unit() * 3 - 2.5))
      let scale = Float(pow(10, random.unit() * 20 - 10))
      let form = random.next() % 6
      let values = (0..<count).map { place -> Float in
        switch form {
        case 0: max(0, Float(random.normal()) * scale)
        case 1: Float(random.normal()) * scale
        case 2: place % 3 == 0 ? -0.0 : Float(random.normal()) * scale
        case 3: Float(Int(random.next() % 9)) * scale
        case 4: Float(sign: place % 2 == 0 ? .plus : .minus, exponent: -Int(random.next() % 130), significand: Float(1 + random.unit()))
        default: scale
        }
      }
      let sample = values.filter(\.isFinite)
      let grid = UniformGrid(sample, bound: bound)
      guard let rungs = Self.encode(values, grid, line: [0, 4, 8, 32][Int(random.next() % 4)]) else { return "in one piece" }
      struct Wrong: Error { let what: String }
      guard try Self.bits(Self.decode(rungs, count: count, whole: true)) == Self.bits(values) else {
        throw Wrong(what: "form \(form), \(grid): other bits")
      }
      for (value, read) in zip(values, try Self.decode(rungs, count: count, whole: false)) {
        guard !BoundTests.breaks(Double(value), Double(read), grid.error) else {
          throw Wrong(what: "form \(form): \(value) is read as \(read), e = \(grid.error)")
        }
      }
      return "in rungs"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["in rungs", "in one piece"]))
  }

  @Test("Every float of every bin has a number, and those beside its ends belong to the next")
  func bins() {
    for (least, most, error) in [(-3.0, 3.0, 0.1), (0, 7, 0.3), (-1, 0, 0.01), (-5, 5.5, 0.037), (-1e-20, 2e-20, 1e-21)] {
      let grid = UniformGrid([Float(least), Float(most)], bound: .absolute(error))
      let bins = LadderBins.bins(of: grid)
      let (first, width) = withUnsafeBytes(of: bins.first) { first in
        withUnsafeBytes(of: bins.width) { (Array(first.bindMemory(to: UInt32.self)), Array($0)) }
      }
      for code in 0..<UniformGrid.codeCount where code != Int(bins.zero) {
        let start = Float(bitPattern: first[code])
        #expect(Int(grid.place(of: start)) == code, "\(grid): \(code)")
        #expect(Int(grid.place(of: start > 0 ? start.nextDown : start.nextUp)) != code, "the one before it is another's")
        let last = first[code] + (1 << UInt32(width[code])) - 1
        #expect(Int(grid.place(of: Float(bitPattern: last + 1))) != code, "\(width[code]) bits tell all floats of bin \(code) apart")
        #expect(width[code] <= 24)
      }
    }
  }

  @Test("Values without a code are not put in rungs")
  func refused() {
    let grid = UniformGrid([Float(-1), 1], bound: .absolute(0.01))
    #expect(Self.encode([0.5, .nan], grid) == nil)
    #expect(Self.encode([0.5, .infinity], grid) == nil)
    #expect(Self.encode([0.5, 1e6], grid) == nil)
    #expect(Self.encode([0.5], UniformGrid([Float](), bound: .relative(0.1))) == nil)
  }

  @Test("Rungs that were never written are refused, or give values, and touch nothing else")
  func mutated() throws {
    var random = SeededRandom(seed: 12)
    let values = (0..<3000).map { $0 % 3 == 0 ? 0 : Float(random.normal()) }
    let grid = UniformGrid(values, bound: .relative(0.2))
    let whole = try #require(Self.encode(values, grid, line: 8))
    for _ in 0..<4000 {
      var (base, residual) = (whole.base, whole.residual)
      switch random.next() % 4 {
      case 0: base[Int(random.next() % UInt64(base.count))] ^= UInt8(1 << (random.next() % 8))
      case 1: residual[Int(random.next() % UInt64(residual.count))] ^= UInt8(1 << (random.next() % 8))
      case 2: residual.removeLast(Int(random.next() % UInt64(residual.count)))
      default: base.removeLast(Int(random.next() % UInt64(base.count)))
      }
      for isWhole in [true, false] {
        do {
          let read = try Self.decode(Rungs(base: base, residual: residual), count: values.count, whole: isWhole)
          #expect(read.count == values.count)
        } catch let error as StoreError {
          #expect(error.code == .corrupt || error.code == .unsupportedVersion)
        }
      }
    }
    // Another frame's residual does not fit.
    let other = try #require(Self.encode(values.map { $0 * 2 }, grid))
    #expect(throws: StoreError.self) {
      try Self.decode(Rungs(base: whole.base, residual: other.residual), count: values.count, whole: true)
    }
  }

  @Test("A value that lies just beyond the last code, where rounding is a tie, has none")
  func ties() throws {
    // With an odd lowest multiple a tie goes to the other side than an even one's: 128.5 steps above -127 would be code 256, which is 0 in a byte.
    for error in [0.01, 0.1, 0.037, 1.0 / 3] {
      let grid = UniformGrid([Float(-10 * error), Float(10 * error)], bound: .absolute(error))
      #expect(grid.lowest == -127)
      let perStep = 1 / Float(grid.step)
      var value = Float(128.5) * Float(grid.step)
      for _ in 0..<20 { value = value.nextDown }
      var met = 0
      for _ in 0..<40 {
        if value * perStep == 128.5 { met += 1 }
        let scheme = QuantizationScheme.Values.bound(.absolute(error))
        let quantizer = FittedQuantizer(
          values: scheme, type: .float32, columns: 1, columnsPerBook: 1,
          books: .float32(
            {
              var books = Codebooks<Float>(bits: 8)
              books.append(grid.bins(of: Float.self))
              return books
            }()), grids: [grid])
        var (code, extrema): (UInt8, EncodedExtrema) = (0, EncodedExtrema(for: quantizer))
        let isCoded = withUnsafePointer(to: value) {
          quantizer.encoder().encode($0, rowStride: 1, chunk: CodedChunk(rows: 1, columns: 0..<1), into: &code, extrema: &extrema)
        }
        if isCoded {
          #expect(!BoundTests.breaks(Double(value), Double(Int(code) + grid.lowest) * grid.step, error), "\(value): code \(code)")
        }
        value = value.nextUp
      }
      #expect(met > 0, "no product is exactly a half: nothing was tested for \(error)")
    }
  }
}
