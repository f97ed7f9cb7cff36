import MistiqueStorage

/// The step from files on disk to a row of the catalogue, and back.
extension OpenStore {
  /// Makes visible, by `insert`, what a writer has put on disk.
  ///
  /// - Throws: `StoreError` (`catalogue`) where the catalogue is another one by now; what `insert` throws.
  func show(_ insert: () throws -> Void) throws {
    try catalog.requireInPlace()
    try insert()
  }

  /// Removes what `writer` wrote since the last commit, after an error. Where another store lies by now, its files are not this writer's to remove.
  func abandon(_ writer: StoreWriter) { writer.abandon(removes: (try? catalog.requireInPlace()) != nil) }
}
