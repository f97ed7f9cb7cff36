import Foundation
import MistiqueStorage

/// The receipts of models that lie in one partition file, whether the catalogue knows it or not.
struct ReceiptsOfPartition {
  typealias Receipt = (model: ModelReceipt, reference: ChunkReference)

  private(set) var found: [Receipt] = []
  /// What reading others gave: of a receipt that was replaced, its frame may be gone.
  private(set) var unreadable: [any Error] = []

  init(file id: PartitionID, in store: DataStore) {
    do {
      let chunks = try store.file(id).footer.chunks
      for index in chunks.indices where chunks[index].shape.kind == .receipt {
        read(ChunkReference(partition: id, index: index), in: store)
      }
    } catch { unreadable.append(error) }
  }

  private mutating func read(_ reference: ChunkReference, in store: DataStore) {
    do {
      found.append((try JSONDecoder().decode(ModelReceipt.self, from: Data(try store.record(reference))), reference))
    } catch { unreadable.append(error) }
  }
}
