import MistiqueStorage

/// A stored intermediate that a re-run may start from: all columns that the model emits, unpooled.
struct StoredStart: Sendable {
  let name: String
  let manifest: IntermediateManifest
  /// Those that the question asks for, as far as they are there; of a frame, which stages take in whole, all.
  let rows: RowSelection
  /// What reading them takes.
  let plan: ReadPlan
  /// Of the bytes that are read, those that the page cache lacked when the plan was made.
  let coldBytes: Int
  /// Whose it is: of the model that is re-run, or of another that has the same under its own name.
  let owner: IntermediateID

  init(name: String, manifest: IntermediateManifest, rows: RowSelection, store: DataStore, owner: IntermediateID) throws {
    self.owner = owner
    self.name = name
    self.manifest = manifest
    self.rows = rows
    plan = try store.plan(manifest, columns: [0..<manifest.schema.columnCount], rows: rows)
    coldBytes = plan.coldBytes()
  }

  /// Whether what is read is, bit for bit, what the model emitted.
  var isExact: Bool { plan.isExact }

  /// What reading it takes.
  func seconds(_ cost: ReadCost) -> Double { cost.seconds(plan.estimate, coldBytes: coldBytes) }

  /// The same with all rows.
  func whole(in store: DataStore) throws -> StoredStart {
    try StoredStart(name: name, manifest: manifest, rows: .all, store: store, owner: owner)
  }
}
