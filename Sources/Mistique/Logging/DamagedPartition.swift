/// A partition file that was damaged or missing when a model was logged.
public struct DamagedPartition: Sendable, Equatable {
  /// Its path.
  public let file: String
  /// What is wrong with it.
  public let reason: String

  fileprivate var warning: String {
    "\(file): \(reason). Nothing in this partition was reused; what the model shares with it was computed and stored again. Restore the file from a copy. "
      + "Without one, delete the models that use it, which `mistique verify` names, or, if that fails too, repair the store (`mistique repair`)."
  }
}

extension LoggingReport {
  /// How many of one kind are named.
  private static let mostNamed = 10

  /// What of the store was damaged when the model was logged: which files, what was not reused because of it, and what to do. The model itself is whole.
  ///
  /// Of many files, and of many things that were not reused, ten are named, and the others counted.
  public var warnings: [String] {
    var warnings = damagedPartitions.prefix(Self.mostNamed).map(\.warning)
    if let others = Self.others(damagedPartitions.count) {
      warnings.append("\(others): damaged or missing too, and not reused. `mistique verify` names all.")
    }
    warnings += damaged.prefix(Self.mostNamed).map { "\($0.place), which \($0.name) would have been taken from, is damaged: \($0.reason)" }
    if let others = Self.others(damaged.count, "source") { warnings.append("\(others): damaged too, and not reused.") }
    if damagedChunks > 0 {
      let chunks = damagedChunks == 1 ? "1 damaged chunk was" : "\(damagedChunks) damaged chunks were"
      warnings.append("\(chunks) stored again; `mistique verify` says whose.")
    }
    return warnings
  }

  /// Takes in the damage that was met when a part of the model was logged before.
  package mutating func addDamage(of part: LoggingReport) {
    let files = Set(damagedPartitions.map(\.file))
    damagedPartitions = (damagedPartitions + part.damagedPartitions.filter { !files.contains($0.file) }).sorted { $0.file < $1.file }
    let more = part.damaged.filter { !damaged.contains($0) }
    damaged += more
    damagedChunks += part.damagedChunks
  }

  /// How many are not named; `nil` where all are.
  private static func others(_ count: Int, _ noun: String = "file") -> String? {
    switch count - mostNamed {
    case ...0: nil
    case 1: "1 more \(noun)"
    case let more: "\(more) more \(noun)s"
    }
  }
}
