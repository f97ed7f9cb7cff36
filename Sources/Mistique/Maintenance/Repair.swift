import Foundation
internal import GRDB
import MistiqueStorage

/// Rebuilds the catalogue of a store from its partition files alone.
enum Repair {
  private typealias Receipt = ReceiptsOfPartition.Receipt

  static func repair(at directory: URL) throws -> RepairReport {
    let store = try DataStore(directory: directory.path)
    var report = RepairReport()
    // Not a writer, which removes what it does not know.
    let lock = try WriterLock(directory: store.directory)
    defer { withExtendedLifetime(lock) {} }
    var intact: Set<PartitionID> = []
    for (id, path) in try store.partitionFiles() {
      do {
        try PartitionFile(path: path).checkName(id)
        intact.insert(id)
      } catch {
        report.damagedFiles.append((path, "\(error)"))
      }
    }
    let found = try receipts(in: store, intact.sorted { $0.description < $1.description }, &report)
    let name = "catalog.sqlite.rebuilding"
    removeCatalog(name, in: directory)
    let needed = try rebuild(name, from: found, store: store, intact: intact, &report)
    for identity in listedBefore(in: directory)
    where !report.models.contains(identity) && !report.lost.contains(where: { $0.model == identity }) {
      report.lost.append((identity, "the old catalogue lists it, and no partition file has its receipt"))
    }
    // Whatever it is: a file whose model's receipt is missing looks like one that an interrupted writer left, and the next writer would remove both.
    let others = try store.partitionFiles().filter { !needed.contains($0.id) }.map(\.path)
    report.setAside = try PartitionsSetAside(in: directory).take(others)
    report.previousCatalog = try replaceCatalog(by: name, in: directory)
    return report
  }

  /// The receipts in the intact partitions, in the order in which models were logged. A file whose receipt cannot be read is reported: nobody knows what else
  /// its model needs.
  private static func receipts(
    in store: DataStore, _ partitions: [PartitionID], _ report: inout RepairReport
  ) throws -> [Receipt] {
    var found: [Receipt] = []
    for id in partitions {
      let receipts = ReceiptsOfPartition(file: id, in: store)
      found += receipts.found
      for error in receipts.unreadable {
        let path = try store.file(id).path
        report.damagedFiles.append(
          (path, "the receipt of a model, which is lost with it, or is an earlier one, cannot be read from \(path): \(error)"))
      }
    }
    // An adaptive policy writes a new receipt with everything it stores: the last one holds. Models may have one number in common, because
    // repairs once numbered them anew in the catalogue and not in their receipts.
    struct Key: Hashable {
      let sequence: Int64
      let identity: ModelIdentity
    }
    let last = Dictionary(grouping: found) { Key(sequence: $0.model.sequence, identity: $0.model.identity) }.values.flatMap { receipts in
      let revision = receipts.map { $0.model.revision ?? 0 }.max()
      return receipts.filter { ($0.model.revision ?? 0) == revision }
    }
    return last.sorted {
      ($0.model.sequence, $0.reference.partition.description) < ($1.model.sequence, $1.reference.partition.description)
    }
  }

  /// - Returns: the partitions that the new catalogue names.
  private static func rebuild(
    _ name: String, from receipts: [Receipt], store: DataStore, intact: Set<PartitionID>, _ report: inout RepairReport
  ) throws -> Set<PartitionID> {
    let catalog = try MetadataDB(directory: store.directory, making: name)
    var (reached, whole): (Reachability, [(receipt: Receipt, reached: Reachability)]) = (Reachability(), [])
    // Of several with one name, as a restored copy of a folder may bring, the one that was logged last holds, if it is whole.
    for receipt in receipts.reversed() {
      let identity = receipt.model.identity
      if let later = whole.first(where: { $0.receipt.model.identity == identity })?.receipt.model.sequence {
        if later > receipt.model.sequence {
          report.lost.append(
            (identity, "it is number \(receipt.model.sequence), and number \(later), logged later under the same name, is there"))
        }
        continue
      }
      do {
        var own = Reachability()
        try store.reach(record: receipt.reference, .receipt, into: &own)
        for intermediate in receipt.model.intermediates {
          if let manifest = intermediate.manifest { try store.reach(intermediate: try manifest.chunk(), into: &own) }
        }
        for transformer in receipt.model.transformers { try store.reach(record: try transformer.blob.chunk(), .blob, into: &own) }
        let missing = own.partitions.subtracting(intact)
        guard missing.isEmpty else {
          report.lost.append((identity, "\(missing.count) of its partitions are missing or damaged"))
          continue
        }
        whole.append((receipt, own))
      } catch {
        report.lost.append((identity, "\(error)"))
      }
    }
    for (receipt, own) in whole.reversed() {
      do {
        try catalog.write { try MetadataDB.insert(receipt.model, receipt: receipt.reference, measurements: [], $0) }
        reached.merge(own)
        report.models.append(receipt.model.identity)
      } catch {
        report.lost.append((receipt.model.identity, "\(error)"))
      }
    }
    for id in reached.partitions {
      let file = try store.file(id)
      try catalog.insertPartition(id, file, freed: FreedFrames(reached.unreachableFrames(of: file, id)))
    }
    // Models that are logged from now on come after all that were, those that are lost included: a later repair may find them again.
    try catalog.write { try MetadataDB.skipNumbers(to: receipts.map(\.model.sequence).max() ?? 0, $0) }
    // Without its log, which goes with its name, the file must be whole.
    try catalog.checkpoint(mayFail: false)
    return reached.partitions
  }

  /// The models of the catalogue that is replaced, as far as it can be read. That it cannot is why one repairs, and then nobody knows them.
  private static func listedBefore(in directory: URL) -> [ModelIdentity] {
    let path = directory.appendingPathComponent(catalogName).path
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return (try? MetadataDB.models(inCopyOf: path)) ?? []
  }

  private static let catalogName = MetadataDB.fileName

  private static func removeCatalog(_ name: String, in directory: URL) {
    for suffix in ["", "-wal", "-shm"] { unlink(directory.path + "/" + name + suffix) }  // what is not there need not go
  }

  /// Puts the new catalogue in place of the old, which is kept beside it with its log. A kill in between leaves partitions without a catalogue, which no store is
  /// opened with, and never the old file without its log: that would open, and not know the last models.
  private static func replaceCatalog(by name: String, in directory: URL) throws -> URL? {
    let manager = FileManager.default
    let current = directory.appendingPathComponent(catalogName)
    var kept: URL?
    if manager.fileExists(atPath: current.path) {
      var second = Int(Date().timeIntervalSince1970)
      func place() -> URL { directory.appendingPathComponent("\(catalogName).before-repair-\(second)") }
      while ["", "-wal"].contains(where: { manager.fileExists(atPath: place().path + $0) }) { second += 1 }
      let copy = place()
      // The log has both names until the file has moved: a repair after a kill finds no file, and would take the log for left over.
      if manager.fileExists(atPath: current.path + "-wal") {
        // Some file systems have no second names.
        if link(current.path + "-wal", copy.path + "-wal") != 0 {
          try manager.copyItem(atPath: current.path + "-wal", toPath: copy.path + "-wal")
        }
      }
      try DurableFile.move(current.path, to: copy.path)
      kept = copy
    }
    // The log and index of the old file must not be taken for those of the new one.
    for suffix in ["-wal", "-shm"] {
      unlink(current.path + suffix)
      unlink(directory.path + "/" + name + suffix)
    }
    try DurableFile.move(directory.path + "/" + name, to: current.path)
    return kept
  }
}
