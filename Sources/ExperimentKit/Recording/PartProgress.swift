import Synchronization

/// Which parts of a divided experiment a run measures, and how far it is. Knows nothing of what they measure.
///
/// Owns the rule that makes the rows of separate runs add up to those of one: every row and every unit belongs to one part, and parts come in the
/// declared order.
final class PartProgress: Sendable {
  private struct State {
    var open: String?
    var last = -1
    var measured = 0
  }

  /// Empty for an experiment that is not divided.
  let declared: [String]
  /// The only part that is measured; all when nil.
  let selected: String?
  private let state = Mutex(State())

  init(declared: [String] = [], selected: String? = nil) {
    precondition(Set(declared).count == declared.count, "parts have names of their own")
    precondition(selected.map(declared.contains) ?? true, "a part that is selected is declared")
    self.declared = declared
    self.selected = selected
  }

  func isWanted(_ name: String) -> Bool { selected == nil || selected == name }

  /// Opens a part. Throws: `RunError` when it is not declared, begins inside another, or comes too late.
  func open(_ name: String) throws {
    guard let place = declared.firstIndex(of: name) else { throw RunError.unknownPart(name, declared: declared) }
    try state.withLock { state in
      if let outer = state.open { throw RunError.nestedPart(name, inside: outer) }
      guard place > state.last else { throw RunError.partOutOfOrder(name, after: declared[state.last]) }
      state.last = place
      state.open = name
      state.measured += 1
    }
  }

  func close() { state.withLock { $0.open = nil } }

  /// Throws `RunError.outsideParts` when the experiment is divided and no part is open.
  func checkInside(_ what: String) throws {
    guard !declared.isEmpty else { return }
    try state.withLock { if $0.open == nil { throw RunError.outsideParts(what) } }
  }

  /// Throws `RunError.partsNotRun` when a part that was wanted never began.
  func checkComplete() throws {
    let wanted = declared.filter(isWanted).count
    let measured = state.withLock { $0.measured }
    guard measured == wanted else { throw RunError.partsNotRun(measured, of: wanted) }
  }
}

extension RunContext {
  /// Measures a declared part of the experiment, unless this run is of another one.
  ///
  /// Returns whether it ran. All rows and units of a divided experiment belong to parts, and parts begin in the order in which they are declared.
  /// Throws: what `body` throws; `RunError` for a part that is not declared, nested, or out of order.
  @discardableResult
  package func part(_ name: String, _ body: () throws -> Void) throws -> Bool {
    guard parts.isWanted(name) else { return false }
    try parts.open(name)
    defer { parts.close() }
    try body()
    return true
  }

  /// Whether this run measures any of these parts: for what is set up before them.
  package func measures(anyOf names: [String]) -> Bool { names.contains(where: parts.isWanted) }
}
