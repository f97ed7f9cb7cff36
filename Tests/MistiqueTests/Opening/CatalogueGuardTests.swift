import Foundation
import GRDB
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// What keeps a catalogue from being taken for another, and from losing its locks.
@Suite struct CatalogueGuardTests {
  private let folder = TemporaryDirectory("guard")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }
  private var catalogue: URL { folder.url.appendingPathComponent("catalog.sqlite") }

  /// Whether somebody has a record lock on the file, as the descriptor of another file description sees it.
  private func isLocked(_ descriptor: Int32) throws -> Bool {
    var request = flock()
    request.l_whence = Int16(SEEK_SET)
    request.l_type = Int16(F_WRLCK)
    // F_OFD_GETLK, which Swift does not import.
    try #require(fcntl(descriptor, 36, &request) == 0)
    return request.l_type != Int16(F_UNLCK)
  }

  @Test("Copying the catalogue for reading takes no lock from a handle of this process that has it open")
  func locksStay() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 20, weight: 2), as: Self.identity("a"))
    // Not closed: that would take the locks, too.
    let descriptor = open(catalogue.path, O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    #expect(try isLocked(descriptor))
    for _ in 0..<2 { #expect(try MetadataDB.models(inCopyOf: catalogue.path) == [Self.identity("a")]) }
    #expect(try isLocked(descriptor))
    try store.logIntermediates(of: ToyNetwork(rows: 20, weight: 3), as: Self.identity("b"))
    #expect(try MetadataDB.models(inCopyOf: catalogue.path) == [Self.identity("a"), Self.identity("b")])
  }
}
