/// Why a file is not a NumPy array, or not one that can be used for its purpose.
public struct NPYError: Error, Equatable, CustomStringConvertible {
  let path: String
  let what: String
  let remedy: String

  package init(_ path: String, _ what: String, remedy: String) {
    (self.path, self.what, self.remedy) = (path, what, remedy)
  }

  /// The file, what is wrong with it, and what to do, in one line.
  public var description: String { "\(path): \(what). \(remedy)" }

  /// What to do about a file that is damaged, or cut short.
  static let saveAgain = "Save the array again with numpy.save"
}
