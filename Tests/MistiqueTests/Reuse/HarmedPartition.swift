import Foundation

@testable import Mistique
@testable import MistiqueStorage

/// What happens to a partition file in a test.
enum PartitionHarm: String, CaseIterable, Sendable {
  /// A bit of its directory.
  case footer
  case truncation
  case missing
  /// A bit of a frame.
  case body
}

/// One partition file of a store, which a test harms and brings back.
struct HarmedPartition {
  let path: String
  private let whole: Data
  private let place: Int

  /// The partition that holds `reference`, whose frame is what `body` harms.
  init(with reference: ChunkReference, of store: IntermediateStore) throws {
    let file = try store.opened.store.file(reference.partition)
    let frame = file.footer.frames[try file.entry(reference.index).firstFrame]
    path = file.path
    place = frame.offset + frame.storedBytes / 2
    whole = try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// `nil` where there is no file.
  var content: Data? { FileManager.default.contents(atPath: path) }

  func harm(_ harm: PartitionHarm) throws {
    var bytes = whole
    switch harm {
    // The last byte in front of the trailer of 32.
    case .footer: bytes[bytes.count - 33] ^= 0x10
    case .truncation: bytes.removeLast(bytes.count / 3)
    case .missing: return try FileManager.default.removeItem(atPath: path)
    case .body: bytes[place] ^= 0x10
    }
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  func restore() throws { try whole.write(to: URL(fileURLWithPath: path)) }
}

extension IntermediateStore {
  /// Where an intermediate's manifest is, the manifest of its first column, and the first chunk of that.
  func places(of intermediate: String, in identity: ModelIdentity) throws -> (
    manifest: ChunkReference, column: ChunkReference, chunk: ChunkReference
  ) {
    let model = try opened.model(identity)
    guard let found = try opened.catalog.intermediates(of: model).first(where: { $0.name == intermediate }),
      let manifest = try found.manifest
    else { throw ToyFailure.asked }
    let column = try opened.store.manifest(manifest).spans[0]
    return (manifest, column, try opened.store.columnManifest(column).chunks[0])
  }
}
