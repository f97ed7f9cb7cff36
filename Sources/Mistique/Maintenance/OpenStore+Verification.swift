import MistiqueStorage

extension OpenStore {
  /// Reads every byte that some model refers to and checks it.
  func verify(progress: (_ done: Int, _ of: Int) throws -> Void) throws -> VerificationReport {
    var report = VerificationReport()
    store.dropCaches()
    let committed = try catalog.committedPartitions().sorted { $0.key.description < $1.key.description }
    let files = try store.verify(committed.map { ($0.key, $0.value) }, progress: progress)
    report.partitions = files.partitions
    report.frames = files.frames
    report.demotedFrames = files.demotedFrames
    report.bytes = files.bytes
    report.problems = files.damaged.map { "partition \($0.id): \($0.error)" }
    let damaged = Set(files.damaged.map(\.id))
    for model in try catalog.models() {
      report.models += 1
      do {
        let needed = try reachability(of: [model]).partitions
        if let unknown = needed.subtracting(committed.map(\.key)).first {
          report.problems.append("\(model.identity): it refers to partition \(unknown), which the catalogue does not know. Run repair.")
        } else if needed.isDisjoint(with: damaged) {
          for intermediate in try catalog.intermediates(of: model) {
            if let manifest = try intermediate.manifest { try store.checkRecords(of: manifest) }
          }
          _ = try receipt(of: model)
          continue
        }
      } catch {
        report.problems.append("\(model.identity): \(error)")
      }
      report.damagedModels.append(model.identity)
    }
    return report
  }
}
