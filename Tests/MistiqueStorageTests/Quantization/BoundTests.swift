import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import MistiqueStorage

extension QuantizationScheme.Values {
  /// Whether it is BOUND_QT.
  var boundsErrors: Bool { if case .bound = self { true } else { false } }
}

/// BOUND_QT: no value errs by more than the bound, whatever it is.
@Suite struct BoundTests {
  /// Distributions that break what is careless about rounding: each of `count` values.
  static func hostile(_ count: Int, seed: UInt64) -> [(name: String, values: [Float])] {
    var random = SeededRandom(seed: seed)
    func values(_ value: (Int) -> Float) -> [Float] { (0..<count).map(value) }
    var all = HardValues.all(count, seed: seed)
    all.append(("nearly equal and huge", values { _ in Float(bitPattern: 0x7f00_0000 + UInt32(random.next() % 64)) }))
    all.append(("alternating signs", values { ($0 % 2 == 0 ? 1 : -1) * Float(1 + random.unit() * 1e-3) }))
    all.append(("one outlier", values { $0 == count / 2 ? 1e30 : Float(random.normal()) }))
    all.append(("largest numbers", values { $0 % 2 == 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude }))
    all.append(("smallest numbers", values { Float(bitPattern: UInt32($0 % 5) | ($0 % 3 == 0 ? 0x8000_0000 : 0)) }))
    all.append(("halves of a step", values { Float($0 % 401 - 200) * 0.5 }))
    all.append(("beside halves of a step", values { (Float($0 % 401 - 200) * 0.5 + 0.25).nextUp }))
    all.append(("NaN among them", values { $0 % 97 == 3 ? .nan : Float(random.normal()) }))
    return all
  }

  static let bounds: [QuantizationScheme.ErrorBound] = [
    .relative(0.35), .relative(0.01), .relative(1e-6), .relative(1e-30), .relative(1e30), .absolute(0.25), .absolute(0.5),
    .absolute(Double(Float.leastNonzeroMagnitude) * 7), .absolute(.leastNonzeroMagnitude), .absolute(1e300), .absolute(0.1),
  ]

  /// |x - x'| compared with e without any rounding: both are doubles of 24 bits, and where their difference is not exact they are far apart.
  static func breaks(_ value: Double, _ read: Double, _ error: Double) -> Bool {
    guard value.isFinite else { return !(read.isNaN && value.isNaN) && read != value }
    guard read.isFinite else { return true }
    return abs(value - read) > error || (value == 0 && read != 0)
  }

  @Test("No float32 value errs by more than the bound, stored and read", arguments: bounds)
  func maps(bound: QuantizationScheme.ErrorBound) throws {
    for (name, values) in Self.hostile(8000, seed: 3) {
      let fixture = try StoreFixture { $0.rowsPerBlock = 700 }
      let schema = IntermediateSchema.maps(channels: 4, height: 1, width: 1)
      let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .bound(bound))
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let read = try fixture.read(manifest, [0..<4], .all).withValues { Array($0) }
      let grid = try fixture.store.codebook(of: manifest).entries.first?.quantizer.grids[0]
      let error = grid?.error ?? 0
      if case .absolute(let asked) = bound, grid != nil { #expect(error == asked) }
      let broken = values.indices.filter { Self.breaks(Double(values[$0]), Double(read[$0]), error) }
      #expect(broken.isEmpty, "\(name): \(broken.first.map { "\(values[$0]) is read as \(read[$0]), e = \(error)" } ?? "")")
    }
  }

  @Test("No float64 value errs by more than the bound", arguments: bounds + [.absolute(.leastNonzeroMagnitude * 1000), .absolute(1.7e308)])
  func columns(bound: QuantizationScheme.ErrorBound) throws {
    var random = SeededRandom(seed: 4)
    var wild: [(String, [Double])] = Self.hostile(3000, seed: 5).map { ($0.name, $0.values.map(Double.init)) }
    wild.append(("any bits", (0..<3000).map { _ in Double(bitPattern: random.next()) }))
    wild.append(("beyond float32", (0..<3000).map { place -> Double in (random.unit() - 0.5) * 1.7e308 }))
    wild.append(("smallest numbers", (0..<3000).map { Double(bitPattern: UInt64($0 % 5)) }))
    for (name, values) in wild {
      let fixture = try StoreFixture { $0.rowsPerBlock = 700 }
      let frame = DataFrame(rowIDs: .first(values.count), columns: [("d", Column(.float64(values)))])
      let manifest = try fixture.store.manifest(fixture.write(frame, writer: fixture.writer(), scheme: .bound(bound)).intermediates[0])
      let read = try fixture.store.readColumns(manifest, columns: [0], rows: .all, counters: ReadCounters())[0].doubles!
      let error = try fixture.store.codebook(of: manifest).entries.first?.quantizer.grids[0].error ?? 0
      let broken = values.indices.filter { Self.breaks(values[$0], read[$0], error) }
      #expect(broken.isEmpty, "\(name): \(broken.first.map { "\(values[$0]) is read as \(read[$0]), e = \(error)" } ?? "")")
    }
  }

  @Test("A million values of each hostile distribution keep the bound, coded and rounded")
  func million() throws {
    let error = 0.25
    for (name, values) in Self.hostile(1_000_000, seed: 6) where name != "NaN among them" {
      let coded = try QuantizedValues(values, scheme: .bound(.absolute(error)))
      let rounded = [Float](unsafeUninitializedCapacity: values.count) { target, count in
        values.withUnsafeBufferPointer {
          coded.quantizer.round($0.baseAddress!, rows: values.count, columns: 0..<1, into: target.baseAddress!)
        }
        count = values.count
      }
      #expect(zip(values, rounded).allSatisfy { !Self.breaks(Double($0), Double($1), error) }, "\(name), rounded")
      guard coded.codeBytes != nil else { continue }
      #expect(zip(values, coded.decoded).allSatisfy { !Self.breaks(Double($0), Double($1), error) }, "\(name), coded")
    }
  }

  @Test("The root mean square is of finite values, whatever their magnitude; zeros have a bound of zero")
  func rootMeanSquare() {
    #expect(UniformGrid.rootMeanSquare([Float](repeating: 3, count: 100)) == 3)
    #expect(UniformGrid.rootMeanSquare([3.0, 4.0]) == (12.5).squareRoot())
    #expect(UniformGrid.rootMeanSquare([1.5e308, -1.5e308]) == 1.5e308)
    #expect(UniformGrid.rootMeanSquare([Double.leastNonzeroMagnitude]) == .leastNonzeroMagnitude)
    #expect(UniformGrid.rootMeanSquare([Float]()) == 0 && UniformGrid.rootMeanSquare([0.0, -0.0]) == 0)
    let zeros = UniformGrid([Float](repeating: 0, count: 10), bound: .relative(0.3))
    #expect(zeros.error == 0 && zeros.step == 0 && zeros.spacing(of: .float32) == nil)
    #expect(zeros.covers(Float(0), 0) && !zeros.covers(Float(0), .leastNonzeroMagnitude) && !zeros.covers(Float.nan, .nan))
  }

  @Test("Codes begin at zero after a ReLU, leave room on both sides else, and ascend with the values")
  func codes() throws {
    var random = SeededRandom(seed: 7)
    let positive = try QuantizedValues(random.activations(10_000), scheme: .bound(.relative(0.2)))
    #expect(positive.quantizer.grids[0].lowest == 0)
    #expect(zip(positive.values, positive.codes).allSatisfy { $0 > 0.001 || $1 == 0 })
    let both = try QuantizedValues(random.normals(10_000), scheme: .bound(.relative(0.2)))
    #expect((-140 ... -110).contains(both.quantizer.grids[0].lowest))
    let order = both.values.indices.sorted { both.values[$0] < both.values[$1] }
    let codes = both.codes
    #expect(zip(order, order.dropFirst()).allSatisfy { codes[$0] <= codes[$1] })
  }

  @Test("One outlier costs its chunk the codes and no other")
  func outlier() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    var values = activations(400 * 16, seed: 32)
    values[250 * 16 + 3] = 1e20
    let commit = try fixture.write(
      values, schema: .maps(channels: 16, height: 1, width: 1), writer: fixture.writer(), scheme: .bound(.relative(0.1)))
    let types = commit.partitions.flatMap { $0.footer.chunks }.filter { $0.shape.kind == .values }.map(\.shape.type)
    #expect(types.count { $0 == .codes(bits: 8) } == 3 && types.count { $0 == .values(.float32) } == 1)
  }

  @Test("Equal values under the same bound are stored once, whichever model emits them, and equal codes of another step are another chunk")
  func deduplication() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let writer = try fixture.writer()
    let schema = IntermediateSchema.maps(channels: 4, height: 4, width: 4)
    let values = activations(300 * 64, seed: 33)
    let first = try fixture.write(values, schema: schema, writer: writer, scheme: .bound(.relative(0.1)))
    let doubled = try fixture.write(values.map { $0 * 2 }, schema: schema, writer: writer, scheme: .bound(.relative(0.1)))
    let again = try fixture.write(values, schema: schema, writer: writer, scheme: .bound(.relative(0.1)))
    #expect(first.counters.duplicateChunks == 0 && doubled.counters.duplicateChunks == 0)
    #expect(again.intermediates == first.intermediates)
  }

  @Test("A quantizer comes back from its bytes; damaged ones are refused", arguments: [ColumnType.float32, .float64])
  func recordBytes(type: ColumnType) throws {
    var random = SeededRandom(seed: 8)
    let sample = random.normals(1000)
    let values = QuantizationScheme.Values.bound(.relative(0.2))
    let quantizer = try #require(
      type == .float32
        ? sample.withUnsafeBufferPointer { try values.fitted(column: $0) }
        : sample.map(Double.init).withUnsafeBufferPointer { try values.fitted(column: $0) })
    let bytes = quantizer.encoded
    #expect(bytes[0] == 2 && bytes[1] == 5)
    #expect(try FittedQuantizer(decoding: bytes, place: "test") == quantizer)
    for count in bytes.indices {
      #expect(throws: StoreError.self) { try FittedQuantizer(decoding: bytes.prefix(count), place: "test") }
    }
    var older = bytes
    older[0] = 1
    #expect(throws: StoreError.self) { try FittedQuantizer(decoding: older, place: "test") }
    for place in bytes.indices {
      for flip in [UInt8(1), 0x80, 0xff] {
        var damaged = bytes
        damaged[place] ^= flip
        // Whatever it is, it is refused or keeps what it says it keeps.
        guard let read = try? FittedQuantizer(decoding: damaged, place: "test") else { continue }
        #expect(read.grids.allSatisfy { $0.step <= 2 * $0.error && $0.error.isFinite })
      }
    }
  }

  @Test("A bound that is none is refused", arguments: [0, -1, Double.nan, .infinity])
  func refused(number: Double) {
    for bound in [QuantizationScheme.ErrorBound.relative(number), .absolute(number)] {
      #expect { try QuantizationScheme.bound(bound).validate() } throws: { ($0 as? StoreError)?.code == .invalid }
    }
  }

  @Test("Schemes are named as in the paper's words")
  func names() {
    #expect(QuantizationScheme.bound(.relative(0.35)).description == "BOUND_QT(0.35 rms)")
    #expect(QuantizationScheme.bound(.absolute(0.01), per: .channel).description == "BOUND_QT(0.01 per channel)")
    #expect(QuantizationScheme.pool(2).then(.bound(.relative(0.1))).description == "POOL_QT(average 2x2) + BOUND_QT(0.1 rms)")
  }
}
