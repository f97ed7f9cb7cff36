/// A run that cannot start or be completed.
package enum RunError: Error, Equatable, CustomStringConvertible {
  case alreadyRunning(lock: String)
  case noData(String)
  case nestedUnit(String, inside: String)
  case repeatedUnit(String)
  case statedInsideUnit(String, unit: String)
  case noRows(String)

  package var description: String {
    switch self {
    case .alreadyRunning(let lock):
      "Another process is running this experiment at this scale (it holds \(lock)). Wait for it, or stop it."
    case .noData(let name):
      "\(name) ended without stating its data. Call state(data:) in its run, with .real or .generated."
    case .nestedUnit(let key, let outer):
      "Unit '\(key)' begins inside unit '\(outer)'. Units follow one another; end the outer one first."
    case .repeatedUnit(let key):
      "Unit '\(key)' was run twice. Give each unit a key of its own."
    case .statedInsideUnit(let what, let unit):
      "The \(what) is stated inside unit '\(unit)', which a resumed run skips. State it outside of every unit."
    case .noRows(let name):
      "\(name) ended without recording a row, so there is nothing to keep."
    }
  }
}
