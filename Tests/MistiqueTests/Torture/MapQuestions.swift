import Foundation
import Mistique
import TestSupport

/// Questions about maps and what must be true of the answers.
struct MapQuestions {
  let store: IntermediateStore
  let model: ModelIdentity
  let intermediate: String
  let policy: StoragePolicy
  /// How the policy stores these maps.
  private let scheme: QuantizationScheme
  let maps: LoggedMaps
  /// What is expected, which the canary changes.
  var pooled: StoreReference.PooledMaps
  let reference: StoreReference
  let isStored: Bool
  let rowsPerBlock: Int
  /// Whether re-runs are held to what is expected; the canary looks at reading alone.
  var checksReruns = true

  init(
    _ store: IntermediateStore, _ model: ModelIdentity, _ intermediate: String, _ policy: StoragePolicy, _ maps: LoggedMaps,
    rowsPerBlock: Int
  )
    throws
  {
    (self.store, self.model, self.intermediate, self.policy, self.maps) = (store, model, intermediate, policy, maps)
    self.rowsPerBlock = rowsPerBlock
    isStored = try store.intermediates(of: model).first { $0.name == intermediate }!.isStored
    scheme = maps.channels * maps.height * maps.width <= policy.exactColumns ? .none : policy.quantization
    pooled = StoreReference.pooled(maps, scheme.pooling)
    reference = StoreReference(logged: .maps(maps), scheme: scheme)
  }

  private var values: QuantizationScheme.Values { scheme.values }
  /// Whether what is stored are the values, bit for bit.
  private var isExact: Bool { if case .ladder = values { true } else { values == .full } }

  /// Asks one random question by reading and by re-running, and about its bounds and codes.
  func ask(_ random: inout SeededRandom) throws {
    let rows = Self.rows(maps.ids, &random)
    let columns = Self.columns(pooled, &random)
    let keys = columns.names.map { IntermediateKey(model: model, intermediate: intermediate, column: $0) }
    let places = reference.places(rows)
    let rerun = try store.getIntermediates(keys, rows: rows, plan: .rerun)[0]
    if checksReruns { try check(rerun, places, columns.places, "re-run") { $1.isSame($0, slack: $2) } }
    guard isStored else { return }
    Self.dirty(places.count, columns.places.count)
    let read = try store.getIntermediates(keys, rows: rows, plan: .read)[0]
    let isQuantized = !isExact
    try check(read, places, columns.places, "read") { expected, got, slack in
      isQuantized ? Self.isQuantized(expected, got, values) : got.isSame(expected, slack: slack)
    }
    if !isQuantized, !read.isIdentical(to: rerun) { throw BrokenProperty("\(place): reading and re-running differ") }
    try bounds(keys[0].column, rows, read: read.columns == rerun.columns ? rerun : nil, &random)
    try search(&random)
    if case .ladder = values { try within(keys, rows, rerun, &random) }
    if rows == .all, keys.count == 1, keys[0].column == "*" { try exactWhereDocumented(read.matrix!) }
    if keys.count == 1, values != .full { try codes(keys[0].column, rows, rerun) }
  }

  var place: String {
    "\(model).\(intermediate), \(policy), \(maps.ids.count) rows of \(maps.channels)x\(maps.height)x\(maps.width), \(maps.order)"
  }

  private func check(
    _ answer: IntermediateResult, _ places: [Int], _ columns: [Int], _ how: String, _ isRight: (Float, Float, Float) -> Bool
  ) throws {
    let ids = places.map { maps.ids[$0] }
    guard answer.rowIDs.array == ids else { throw BrokenProperty("\(place), \(how): row ids \(answer.rowIDs.array), right \(ids)") }
    guard answer.columns.flatMap({ $0 }) == columns, let matrix = answer.matrix, matrix.rows == ids.count, matrix.columns == columns.count,
      answer.schema == .maps(channels: pooled.channels, height: pooled.height, width: pooled.width)
    else { throw BrokenProperty("\(place), \(how): columns \(answer.columns) of \(answer.schema), right \(columns)") }
    for (row, from) in places.enumerated() {
      for (column, source) in columns.enumerated() {
        let expected = from * pooled.columns + source
        guard isRight(pooled.values[expected], matrix[row, column], pooled.slack[expected]) else {
          throw BrokenProperty(
            "\(place), \(how): row \(from), column \(source) is \(matrix[row, column]), right \(pooled.values[expected])")
        }
      }
    }
  }

  /// What can be said of a single quantized value without its bounds.
  private static func isQuantized(_ expected: Float, _ got: Float, _ values: QuantizationScheme.Values) -> Bool {
    if expected.isNaN { return got.isNaN }
    switch values {
    case .lowerPrecision(.float32): return got.bitPattern == expected.bitPattern
    case .lowerPrecision(.float16):
      // float16 of the nearest, or in full where the RowBlock has a value that float16 does not reach.
      return got == Float(Float16(expected)) || got.bitPattern == expected.bitPattern
        || abs(got - expected) <= abs(expected) * 0x1p-10 + 0x1p-24
    default: return !got.isNaN
    }
  }

  /// Bounds hold what was logged, as a re-run gives it, and what is read.
  private func bounds(_ column: String, _ rows: RowRequest, read rerun: IntermediateResult?, _ random: inout SeededRandom) throws {
    let key = IntermediateKey(model: model, intermediate: intermediate, column: column).description
    let logged = try store.getIntermediates([key], rows: rows, plan: .rerun)[0].matrix!
    let read = try store.getIntermediates([key], rows: rows, plan: .read)[0].matrix!
    Self.dirty(logged.rows, logged.columns)
    let (lower, upper) = try store.getBounds(key, rows: rows)
    for row in 0..<logged.rows {
      for column in 0..<logged.columns {
        let (value, low, high, got) = (logged[row, column], lower[row, column], upper[row, column], read[row, column])
        if value.isNaN {
          guard low.isNaN, high.isNaN else { throw BrokenProperty("\(place): NaN has the bounds \(low)...\(high)") }
          continue
        }
        guard low <= value, value <= high else {
          throw BrokenProperty("\(place): \(value) is outside its bounds \(low)...\(high), row \(row), column \(column)")
        }
        guard low <= got, got <= high else {
          throw BrokenProperty("\(place): \(value) reads as \(got), outside its bounds \(low)...\(high)")
        }
        guard !isExact || (low.bitPattern == value.bitPattern && high.bitPattern == value.bitPattern) else {
          throw BrokenProperty("\(place): \(value), stored in full, has the bounds \(low)...\(high)")
        }
      }
    }
  }

  /// An answer within a bound is: what it says it has is what was asked for, and no value is further off.
  private func within(_ keys: [IntermediateKey], _ rows: RowRequest, _ rerun: IntermediateResult, _ random: inout SeededRandom) throws {
    let bound = QuantizationScheme.ErrorBound.absolute([0.05, 0.2, 1, 50][Int(random.next() % 4)])
    let near = try store.getIntermediates(keys, rows: rows, plan: .read, accuracy: .within(bound))[0]
    guard let error = near.errorBound, case .absolute(let most) = bound, error <= most, let got = near.matrix, let right = rerun.matrix
    else {
      throw BrokenProperty("\(place): within \(bound) has the bound \(near.errorBound.map { "\($0)" } ?? "unknown")")
    }
    for row in 0..<right.rows {
      for column in 0..<right.columns {
        let (value, read) = (right[row, column], got[row, column])
        let slack = pooled.slack.max() ?? 0
        guard value.isNaN ? read.isNaN : value == read || abs(Double(value) - Double(read)) <= error + Double(slack) else {
          throw BrokenProperty("\(place): \(value) is read as \(read) within \(error)")
        }
      }
    }
  }

  /// KBIT_QT gives back the sample's values if they are few, and one that alone holds more than 1/2^bits of it, unless a heavier one stands for it.
  private func exactWhereDocumented(_ read: FloatMatrix) throws {
    guard case .kbit(let bits, _) = values, maps.ids.count <= rowsPerBlock, !pooled.slack.contains(where: { $0 > 0 }),
      pooled.values.allSatisfy(\.isFinite)
    else { return }
    let limit = 1 << bits
    for book in 0..<pooled.columns / columnsPerBook {
      let places = pooled.values.indices.filter { $0 % pooled.columns / columnsPerBook == book }
      var counts: [Float: Int] = [:]
      for place in places { counts[pooled.values[place], default: 0] += 1 }
      for place in places {
        let (value, got) = (pooled.values[place], read[place / pooled.columns, place % pooled.columns])
        guard got != value, counts.count <= limit || counts[value]! * limit > places.count else { continue }
        guard counts.count > limit, let heavier = counts[got], heavier >= counts[value]! else {
          throw BrokenProperty("\(self.place): \(value), \(counts[value]!) of \(places.count), reads as \(got); \(counts)")
        }
      }
    }
  }

  /// One column, by its values as a re-run gives them.
  private func search(_ random: inout SeededRandom) throws {
    let column = Int(random.next() % UInt64(pooled.columns))
    let key = IntermediateKey(model: model, intermediate: intermediate, column: rerunSchema.columnName(column)).description
    let logged = try store.getIntermediates([key], plan: .rerun)[0].matrix!.column(0)
    let ends = [
      logged.randomElement(using: &random), logged.randomElement(using: &random), Float(random.unit() * 4 - 2), 0, -.infinity, .infinity,
    ]
    let (a, b) = (Double(ends[Int(random.next() % 6)] ?? 0), Double(ends[Int(random.next() % 6)] ?? 0))
    guard !a.isNaN, !b.isNaN else { return }
    let range = min(a, b)...max(a, b)
    let right = maps.ids.indices.filter { range.contains(Double(logged[$0])) }.map { maps.ids[$0] }
    try FrameQuestions.judge(try store.findRows(key, in: range), right: right, order: maps.ids, isExact: isExact) {
      "\(place): column \(column) in \(range) of \(logged)"
    }
  }

  private var rerunSchema: IntermediateSchema { .maps(channels: pooled.channels, height: pooled.height, width: pooled.width) }

  /// Columns that share a codebook.
  private var columnsPerBook: Int {
    switch Self.granularity(values) {
    case .intermediate: pooled.columns
    case .channel: pooled.height * pooled.width
    case .column: 1
    }
  }

  /// Codes are in the order of values, no more than there can be, and stand for what is read.
  private func codes(_ column: String, _ rows: RowRequest, _ rerun: IntermediateResult) throws {
    let key = IntermediateKey(model: model, intermediate: intermediate, column: column).description
    let coded: CodedIntermediate
    do { coded = try store.getCodes(key, rows: rows) } catch let error as StoreError where error.code == .invalid {
      if case .lowerPrecision = values { return }
      // Frames of few digits are better stored in one piece.
      if case .ladder = values { return }
      guard pooled.values.contains(where: { !$0.isFinite }) else {
        throw BrokenProperty("\(place): has no codes: \(error)")
      }
      return
    }
    guard coded.rowIDs == rerun.rowIDs, let matrix = rerun.matrix, coded.codes.count == matrix.rows * matrix.columns else {
      throw BrokenProperty("\(place): \(coded.codes.count) codes")
    }
    let (perBook, most) = (columnsPerBook, Self.most(values))
    let columns = rerun.columns.flatMap { $0 }
    for book in Set(columns.map { $0 / perBook }) {
      var pairs: [(value: Float, code: UInt8)] = []
      for row in 0..<matrix.rows {
        for (place, column) in columns.enumerated() where column / perBook == book {
          pairs.append((matrix[row, place], coded.codes[row * columns.count + place]))
        }
      }
      pairs.sort { $0.value < $1.value }
      guard pairs.allSatisfy({ $0.code < most }), zip(pairs, pairs.dropFirst()).allSatisfy({ $0.code <= $1.code }) else {
        throw BrokenProperty("\(place): codes are not in the order of the values: \(pairs)")
      }
    }
  }

  private static func most(_ values: QuantizationScheme.Values) -> Int {
    switch values {
    case .kbit(let bits, _): 1 << bits
    case .bound, .ladder: 256
    default: 2
    }
  }

  private static func granularity(_ values: QuantizationScheme.Values) -> QuantizationScheme.Granularity {
    switch values {
    case .kbit(_, let granularity), .threshold(_, let granularity): granularity
    default: .intermediate
    }
  }

  /// Leaves memory of an answer's size behind that is full of a NaN which nothing else emits.
  static func dirty(_ rows: Int, _ columns: Int) {
    for _ in 0..<2 { _ = FloatMatrix(rows: rows, columns: columns) { $0.update(repeating: Float(bitPattern: 0x7fa5_a5a5)) } }
  }

  static func rows(_ ids: [Int64], _ random: inout SeededRandom) -> RowRequest {
    switch random.next() % 4 {
    case 0: return .all
    case 1: return .ids(ids.randomElement(using: &random).map { [$0] } ?? [])
    default: return .ids(ids.filter { _ in random.next() % 3 == 0 }.shuffled(using: &random))
    }
  }

  private static func columns(_ maps: StoreReference.PooledMaps, _ random: inout SeededRandom) -> (names: [String], places: [Int]) {
    let area = maps.height * maps.width
    func one() -> (String, [Int]) {
      let channel = Int(random.next() % UInt64(maps.channels))
      if area == 1 || random.next() % 2 == 0 { return ("n\(channel)", Array(channel * area..<(channel + 1) * area)) }
      let (y, x) = (Int(random.next() % UInt64(maps.height)), Int(random.next() % UInt64(maps.width)))
      return ("n\(channel)_\(y)_\(x)", [channel * area + y * maps.width + x])
    }
    if random.next() % 3 == 0 { return (["*"], Array(0..<maps.columns)) }
    let asked = (0..<1 + random.next() % 2 * 2).map { _ in one() }
    return (asked.map(\.0), Set(asked.flatMap(\.1)).sorted())
  }
}

extension Float {
  /// Equal to the bit where there is no slack; NaN for NaN, of whatever bits where it was computed.
  fileprivate func isSame(_ expected: Float, slack: Float) -> Bool {
    if slack == 0, !expected.isNaN { return bitPattern == expected.bitPattern || (self == 0 && expected == 0) }
    return expected.isNaN ? isNaN : abs(self - expected) <= slack
  }
}
