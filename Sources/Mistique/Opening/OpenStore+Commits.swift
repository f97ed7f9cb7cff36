import MistiqueStorage

/// The step from files on disk to a row of the catalogue, and back.
extension OpenStore {
  /// Makes visible, by `insert`, what a writer has put on disk of a model. Where that fails, on a full disk for one, and the catalogue does not have it, the files
  /// go when the writer is abandoned.
  ///
  /// - Throws: `StoreError` (`catalogue`) where the catalogue is another one by now; what `insert` throws.
  func show(_ commit: StoreCommit, of identity: ModelIdentity, by writer: StoreWriter, _ insert: () throws -> Void) throws {
    do {
      try catalog.requireInPlace()
      try insert()
    } catch {
      // Where the catalogue cannot be asked, the next writer settles it.
      if let isThere = try? catalog.model(identity)?.receiptPlace == commit.receipt, !isThere { writer.retract(commit) }
      throw error
    }
  }

  /// Removes what `writer` wrote since the last commit, after an error. Where another store lies by now, its files are not this writer's to remove.
  func abandon(_ writer: StoreWriter) { writer.abandon(removes: (try? catalog.requireInPlace()) != nil) }
}
