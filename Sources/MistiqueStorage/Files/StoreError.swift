/// What went wrong in a store, where, and what to do about it.
///
/// `code` is closed, so that a caller can decide on it; the description is what a person reads.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// Bytes on disk are not what was written: a checksum, a length or a structure does not fit.
    case corrupt
    /// A file was written by a newer version of the format.
    case unsupportedVersion
    /// The file system has no room left for what has to be written.
    case diskFull
    /// The operating system refused an operation on a file.
    case inputOutput
    /// Another process is writing to the store.
    case locked
    /// Something asked for is not in the store.
    case notFound
    /// What was asked or handed over does not fit what the store holds.
    case invalid
  }

  public let code: Code
  /// What happened: got and expected.
  public let what: String
  /// The file, intermediate or column it happened to.
  public let place: String
  /// What to do about it.
  public let remedy: String

  public init(_ code: Code, _ what: String, at place: String, remedy: String) {
    self.code = code
    self.what = what
    self.place = place
    self.remedy = remedy
  }

  public var description: String { "\(place): \(what). \(remedy)" }

  static func corrupt(_ what: String, at place: String) -> StoreError {
    StoreError(
      .corrupt, what, at: place,
      remedy:
        "The bytes changed after they were written; restore this file from a copy, or delete the models that use it and log them again.")
  }
}
