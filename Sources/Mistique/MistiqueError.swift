/// What went wrong above the storage floor, where, and what to do. Errors of the floor below are `StoreError`s and pass through.
public struct MistiqueError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A key or a name cannot be understood.
    case malformedKey
    /// No such model, intermediate, column or row.
    case notFound
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

  public let code: Code
  public let what: String
  public let place: String
  public let remedy: String

  public init(_ code: Code, _ what: String, at place: String, remedy: String) {
    self.code = code
    self.what = what
    self.place = place
    self.remedy = remedy
  }

  public var description: String { "\(place): \(what). \(remedy)" }
}
