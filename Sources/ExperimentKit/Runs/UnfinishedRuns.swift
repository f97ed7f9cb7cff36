import Foundation

/// The unfinished run of an experiment in its partial folder, and those that were set aside because a later one had other settings.
///
/// Finished units may be hours of work, and the option that was changed a slip: what was set aside waits until its own run is started again.
struct UnfinishedRuns {
  /// The partial folder.
  let folder: URL

  /// The journal of an unfinished run with this fingerprint, from the partial folder or from aside; nil when there is none.
  ///
  /// Afterwards the partial folder holds that run, or nothing.
  ///
  /// - Parameter output: a run that is set aside is reported there.
  func journal(of fingerprint: String, _ output: RunOutput) throws -> Journal? {
    let file = ResultsFolder.journal(in: folder)
    if let journal = try Journal.resume(file, configuration: fingerprint) { return journal }
    let own = try aside().first { try Journal.resume(ResultsFolder.journal(in: $0), configuration: fingerprint) != nil }
    try setAside(output)
    // A kill before this leaves it where it is found again.
    if let own {
      try AtomicFile.remove(ResultsFolder.scratch(in: own))
      try FileManager.default.moveItem(at: own, to: folder)
    }
    return try Journal.resume(file, configuration: fingerprint)
  }

  /// What was set aside, in the order of names.
  private func aside() throws -> [URL] {
    let parent = folder.deletingLastPathComponent()
    guard AtomicFile.exists(parent) else { return [] }
    let prefix = folder.lastPathComponent + ".aside"
    return try FileManager.default.contentsOfDirectory(atPath: parent.path).filter { $0.hasPrefix(prefix) }.sorted()
      .map { parent.appendingPathComponent($0, isDirectory: true) }
  }

  /// Empties the partial folder: finished units are kept elsewhere, without what they had in scratch, which is made again.
  private func setAside(_ output: RunOutput) throws {
    guard AtomicFile.exists(folder) else { return }
    guard let units = try Journal.unitCount(in: ResultsFolder.journal(in: folder)), units > 0 else { return try AtomicFile.remove(folder) }
    var place = folder.appendingPathExtension("aside")
    var number = 1
    while AtomicFile.exists(place) {
      number += 1
      place = folder.appendingPathExtension("aside-\(number)")
    }
    try FileManager.default.moveItem(at: folder, to: place)
    // Gigabytes, often. A kill in between leaves part of it, which goes before the run goes on.
    try AtomicFile.remove(ResultsFolder.scratch(in: place))
    output.line(
      "An unfinished run with other options, of another build or on another machine is set aside, with \(Quantity.grouped(units)) finished units and "
        + "without its stores. It goes on when the same build is started with its options. If nobody needs it: rm -r '\(place.path)'")
  }
}
