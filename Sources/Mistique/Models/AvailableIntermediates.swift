import MistiqueStorage

/// Intermediates of a model that are there already, for a run that starts from them instead of from the model's input.
///
/// They hold what the model itself would compute, bit for bit, unless the question that it runs for allows less.
public struct AvailableIntermediates: Sendable {
  /// Gives some rows of a network's intermediate to its last argument: rows x columns, channel-major, valid during the call.
  public typealias MapReader =
    @Sendable (_ name: String, _ rows: ArraySlice<Int64>, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

  /// Nothing: the run starts from the model's input.
  public static let none = AvailableIntermediates(
    names: [], maps: { name, _, _ in throw noSuch(name) }, frame: { name in throw noSuch(name) })

  /// Which intermediates they are.
  public let names: Set<String>
  private let readMaps: MapReader
  private let readFrame: @Sendable (String) throws -> DataFrame

  /// The intermediates `names`, of which `maps` and `frame` give the values.
  public init(names: Set<String>, maps: @escaping MapReader, frame: @escaping @Sendable (String) throws -> DataFrame) {
    self.names = names
    readMaps = maps
    readFrame = frame
  }

  /// Rows of a network's intermediate, by their `row_id` and in that order.
  ///
  /// `body` gets rows x columns values, channel-major, valid during the call.
  /// - Throws: `StoreError` for bytes that are damaged and for a row that is not there; what `body` throws.
  public func maps(_ name: String, rows: ArraySlice<Int64>, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
    try readMaps(name, rows, body)
  }

  /// A pipeline's intermediate, whole.
  /// - Throws: `StoreError` for bytes that are damaged.
  public func frame(_ name: String) throws -> DataFrame { try readFrame(name) }

  private static func noSuch(_ name: String) -> StoreError {
    StoreError(
      .invalidModel, "the model asks for \"\(name)\", which it was not given", at: name,
      remedy: "This is a fault in the model's code, not in the store.")
  }
}
