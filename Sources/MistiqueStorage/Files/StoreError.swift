/// What went wrong in a store, where, and what to do about it: the one error of both floors.
///
/// `code` is closed, so that a caller can decide on it; the description is what a person reads. Errors that a model throws pass through as they are.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it is.
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
    /// What was asked for is not in the store: a model, an intermediate, a column, a file.
    case notFound
    /// A row was asked for that the intermediate does not have.
    case missingRow
    /// What a caller asked for or passed in does not fit what the store holds.
    case invalid
    /// A key or a name cannot be understood.
    case malformedKey
    /// A model of that name is there already.
    case alreadyLogged
    /// The asked plan is impossible: nothing is stored to read, or nothing is registered to re-run.
    case cannotPlan
    /// A model broke its contract with the PipelineExecutor.
    case invalidModel
    /// A model would be re-run on other inputs than it was logged with.
    case otherInputs
    /// A re-run gave other rows or columns than were logged.
    case notReproduced
    /// The store only counts what would be stored, or only counted it.
    case measuredOnly
    /// The catalogue cannot be read or written.
    case catalogue
  }

  /// What kind of failure it is.
  public let code: Code
  /// What happened: got and expected.
  public let what: String
  /// The file, intermediate or column it happened to.
  public let place: String
  /// What to do about it.
  public let remedy: String
  /// The error below that led to this one, such as SQLite's; `nil` when this is where it began.
  public let cause: (any Error)?

  /// Whether what was to be read is damaged or gone, and not refused by the system or written by a later version.
  package var isDamage: Bool { code == .corrupt || code == .notFound }

  /// Whether what was to be read is damaged, gone, or where the disk gives an error, while the rest of the store may be sound.
  package var isOfUnreadableData: Bool { [.corrupt, .notFound, .inputOutput].contains(code) }

  /// Whether something that another model has stored cannot be had, also because of what the catalogue says of it or because a later version wrote it.
  package var isOfUnreadableSource: Bool { isOfUnreadableData || code == .catalogue || code == .unsupportedVersion }

  /// Creates an error; models may throw it too.
  public init(_ code: Code, _ what: String, at place: String, remedy: String, cause: (any Error)? = nil) {
    self.code = code
    self.what = what
    self.place = place
    self.remedy = remedy
    self.cause = cause
  }

  /// The place, what happened there and what to do, in one line.
  public var description: String { "\(place): \(what). \(remedy)" }

  package static func corrupt(_ what: String, at place: String) -> StoreError {
    StoreError(
      .corrupt, what, at: place,
      remedy:
        "The bytes changed after they were written; restore this file from a copy. Without one, delete the models that use it, or, if that fails too, repair the store (mistique repair), and log them again."
    )
  }
}

extension StoreError: Equatable {
  /// Whether both say the same; causes are not compared.
  public static func == (a: StoreError, b: StoreError) -> Bool {
    (a.code, a.what, a.place, a.remedy) == (b.code, b.what, b.place, b.remedy)
  }
}
