import Foundation
import Mistique

/// Which store a handle has open, and the handle. It holds neither.
struct StorePlace: Sendable {
  private let path: String
  private let handle: ObjectIdentifier

  init(_ store: IntermediateStore) {
    path = store.directory.resolvingSymlinksInPath().standardizedFileURL.path
    handle = ObjectIdentifier(store)
  }

  /// Whether both are of one store, whatever the paths that lead there.
  func isStore(of other: StorePlace) -> Bool { path == other.path }

  func isHandle(of other: StorePlace) -> Bool { handle == other.handle }
}
