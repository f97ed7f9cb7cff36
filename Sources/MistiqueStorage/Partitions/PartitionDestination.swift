import Synchronization

/// Where sealed partitions go.
enum PartitionDestination: Sendable {
  /// Into files of this directory, under names that are not among `taken`: the file that has such a name may be missing.
  case directory(String, taken: TakenNames)
  /// Nowhere: what they would take is counted.
  case counted(CountedFrames)

  var countedFrames: CountedFrames? { if case .counted(let frames) = self { frames } else { nil } }
}

/// Names of partitions that are not given again. A writer adds what it commits, and shares it with the thread that names files.
final class TakenNames: Sendable {
  private let names: Mutex<Set<PartitionID>>

  init(_ names: some Sequence<PartitionID>) { self.names = Mutex(Set(names)) }

  func contains(_ id: PartitionID) -> Bool { names.withLock { $0.contains(id) } }

  func insert(_ id: PartitionID) { names.withLock { _ = $0.insert(id) } }
}
