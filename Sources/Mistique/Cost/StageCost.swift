/// What a stage takes, from what it took: for few batches and for many apart, because the first batches find cold caches and many do not.
struct StageCost: Sendable, Equatable {
  /// Up to so many batches are few.
  static let few = 16
  /// How much the last measurement counts beside the ones before it.
  private static let weight = 0.5

  /// Of few batches, and of many; a stage that works on whole tables has `many` alone.
  private(set) var measurements: (few: StageMeasurement?, many: StageMeasurement?)

  static func == (a: StageCost, b: StageCost) -> Bool { a.measurements == b.measurements }

  init(few: StageMeasurement? = nil, many: StageMeasurement? = nil) { measurements = (few, many) }

  /// Whether the stage runs in batches of rows.
  var isInBatches: Bool { (measurements.many ?? measurements.few)?.batches != nil }

  /// Takes one more measurement in.
  mutating func note(_ new: StageMeasurement) {
    guard new.seconds.isFinite, new.seconds >= 0 else { return }
    let isFew = new.batches.map { $0 <= Self.few } ?? false
    if let other = measurements.many ?? measurements.few,
      other.rowsPerBatch != new.rowsPerBatch || (other.batches == nil) != (new.batches == nil)
    {
      // Batches of another size say nothing about these.
      measurements = (nil, nil)
    }
    let old = isFew ? measurements.few : measurements.many
    let blended = old.map { Self.blend($0, new) } ?? new
    if isFew { measurements.few = blended } else { measurements.many = blended }
  }

  /// Seconds for `rows` rows; `nil` when the stage was never measured.
  func seconds(rows: Int) -> Double? {
    guard let some = measurements.many ?? measurements.few else { return nil }
    guard let size = some.rowsPerBatch, size > 0, some.batches ?? 0 > 0 else { return some.seconds }
    let batches = rows / size + (rows % size == 0 ? 0 : 1)
    let like = (batches <= Self.few ? measurements.few : measurements.many) ?? some
    return Self.perBatch(like) * Double(batches)
  }

  private static func perBatch(_ measurement: StageMeasurement) -> Double {
    measurement.seconds / Double(max(measurement.batches ?? 1, 1))
  }

  /// The new measurement with its seconds moved towards the old rate.
  private static func blend(_ old: StageMeasurement, _ new: StageMeasurement) -> StageMeasurement {
    let mean = (1 - weight) * perBatch(old) + weight * perBatch(new)
    return StageMeasurement(
      stage: new.stage, seconds: mean * Double(max(new.batches ?? 1, 1)), batches: new.batches, rowsPerBatch: new.rowsPerBatch)
  }
}
