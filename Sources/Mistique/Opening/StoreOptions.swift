import MistiqueStorage

/// How a store is opened.
public struct StoreOptions: Sendable {
  /// Rows per RowBlock. Intermediates with very wide rows have fewer, and long tables four times as many.
  public var rowsPerBlock = 1000
  /// False to measure only: everything is encoded and counted, and nothing but the catalogue is written, for data that no disk here can hold.
  /// `storage()` and reports are as for a store that keeps its partitions; nothing can be read or re-run from it, and it cannot be opened
  /// again. Chunks of equal fingerprints (64 bits) count as equal: among 2.5 million, one in 6 million such stores has a wrong one.
  package var keepsPartitions = true
  /// Where partitions are not kept: sizes of frames that several stores share; the store's own when `nil`.
  package var countedFrames: CountedFrames?
  /// True to measure what synchronous writing takes: whatever a model emits is compressed, written and synced before the model goes on, as figure 11 of
  /// the paper has it. Of a network that is every RowBlock, of a pipeline every frame. Otherwise everything is written while the model goes on, and
  /// synced by the commit at the latest. Readers see a model once it is committed, either way.
  package var writesThrough = false
  /// How many restored models stay in memory for the next re-run of them, the last used ones: loading one is paid once. 0 restores for every query.
  public var modelsKept = 2
  /// How long logging and deleting wait for another process that is writing to the store. Without waiting they throw `StoreError` (`locked`).
  public var writerPatience = Duration.zero
  /// Called once when such a wait begins, on the thread that waits.
  public var whenWaiting: @Sendable () -> Void = {}

  /// The defaults.
  public init() {}
}
