import MistiqueStorage

extension OpenStore {
  /// Reads every byte that some model refers to and checks it.
  func verify(progress: (_ done: Int, _ of: Int) throws -> Void) throws -> VerificationReport {
    var report = VerificationReport()
    store.dropCaches()
    let first = try catalog.committedPartitions()
    let files = try store.verify(Self.ordered(first), progress: progress)
    // Others may have logged, deleted and demoted meanwhile: what is new is read too, and what is damaged by what the catalogue says now.
    let models = try catalog.models()
    let committed = try catalog.committedPartitions()
    let suspect = Set(files.damaged.map(\.id))
    let more = try store.verify(Self.ordered(committed.filter { suspect.contains($0.key) || first[$0.key] == nil }))
    report.partitions = committed.count
    report.frames = files.frames + more.frames
    report.demotedFrames = files.demotedFrames + more.demotedFrames
    report.bytes = files.bytes + more.bytes
    report.problems = more.damaged.map { "partition \($0.id): \($0.error)" }
    let damaged = Set(more.damaged.map(\.id))
    for model in models {
      report.models += 1
      do {
        let needed = try reachability(of: [model]).partitions
        if let unknown = needed.subtracting(committed.keys).first { throw UnknownPartition(id: unknown) }
        if needed.isDisjoint(with: damaged) {
          for intermediate in try catalog.intermediates(of: model) {
            if let manifest = try intermediate.manifest { try store.checkRecords(of: manifest) }
          }
          _ = try receipt(of: model)
          continue
        }
      } catch {
        // What was deleted, or stored anew, meanwhile.
        guard try isUnchanged(model) else {
          report.models -= 1
          continue
        }
        report.problems.append("\(model.identity): \(error)")
      }
      report.damagedModels.append(model.identity)
    }
    return report
  }

  private struct UnknownPartition: Error, CustomStringConvertible {
    let id: PartitionID

    var description: String { "it refers to partition \(id), which the catalogue does not know. Run repair." }
  }

  private static func ordered(_ partitions: StoreWriter.Committed) -> [(id: PartitionID, freed: FreedFrames)] {
    partitions.sorted { $0.key.description < $1.key.description }.map { (id: $0.key, freed: $0.value) }
  }
}
