/// The stored properties of a value and of what it holds, found by reflection: a test that says that it changes every one of them notices one that is
/// added later, which nobody names.
public struct StoredProperties {
  /// What stands at each path, such as `.kernel.rows`, that leads to nothing with properties of its own.
  private let values: [String: String]

  public init(of value: Any) {
    var values: [String: String] = [:]
    Self.collect(value, "", into: &values)
    self.values = values
  }

  /// The names of the properties of the value itself.
  public static func names(of value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }

  /// Paths at which both differ, those included that only one of them has.
  public func differences(from other: StoredProperties) -> Set<String> {
    Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }
  }

  /// Paths that no two of the examples differ at while all else is equal: what depends on every property was not shown to depend on these.
  public static func unvaried(in examples: [Any]) -> Set<String> {
    let found = examples.map { StoredProperties(of: $0) }
    var paths = Set(found.flatMap(\.values.keys))
    // A case without values is all that there is of it, and no property.
    paths.remove("")
    for (place, one) in found.enumerated() {
      for other in found[..<place] {
        let differences = one.differences(from: other)
        // What is there or not, as an optional, changes with all that is below it.
        paths.subtract(differences.filter { path in differences.allSatisfy { $0 == path || $0.hasPrefix(path + ".") } })
      }
    }
    return paths
  }

  private static func collect(_ value: Any, _ path: String, into values: inout [String: String]) {
    let children = Mirror(reflecting: value).children
    if children.isEmpty { values[path] = "\(value)" }
    for (place, child) in children.enumerated() {
      collect(child.value, "\(path).\(child.label ?? "\(place)")", into: &values)
    }
  }
}
