/// A run that cannot start or be completed.
package enum RunError: Error, Equatable, CustomStringConvertible {
  case alreadyRunning(lock: String)
  case noData(String)
  case otherData(folder: String, earlier: String, now: String)
  case notTheData(earlier: String, now: String)
  case dataChanged(earlier: String, now: String)
  case nestedUnit(String, inside: String)
  case repeatedUnit(String)
  case statedInsideUnit(String, unit: String)
  case noRows(String)
  case unknownPart(String, declared: [String])
  case nestedPart(String, inside: String)
  case partOutOfOrder(String, after: String)
  case outsideParts(String)
  case partsNotRun(Int, of: Int)

  package var description: String {
    switch self {
    case .alreadyRunning(let lock):
      "Another process is running this experiment at this scale (it holds \(lock)). Wait for it, or stop it."
    case .noData(let name):
      "\(name) ended without stating its data. Call state(data:) in its run, with .real or .generated."
    case .otherData(let folder, let earlier, let now):
      "The unfinished run in \(folder) measured other data: \(earlier); now they are \(now). Give the earlier data to go on, or remove the folder to begin anew."
    case .notTheData(let earlier, let now):
      "The run that is to be repeated measured other data: \(earlier); now they are \(now). Nothing was run. Give the earlier data."
    case .dataChanged(let earlier, let now):
      "The data changed while they were measured: they were \(earlier), and are \(now). What was finished before is kept. Give the earlier data to go on."
    case .nestedUnit(let key, let outer):
      "Unit '\(key)' begins inside unit '\(outer)'. Units follow one another; end the outer one first."
    case .repeatedUnit(let key):
      "Unit '\(key)' was run twice. Give each unit a key of its own."
    case .statedInsideUnit(let what, let unit):
      "The \(what) is stated inside unit '\(unit)', which a resumed run skips. State it outside of every unit."
    case .noRows(let name):
      "\(name) ended without recording a row, so there is nothing to keep."
    case .unknownPart(let name, let declared):
      "The experiment has no part '\(name)'; it declares \(declared.isEmpty ? "none" : declared.joined(separator: "; ")). Declare it, or correct the name."
    case .nestedPart(let name, let outer):
      "Part '\(name)' begins inside part '\(outer)'. Parts follow one another; end the outer one first."
    case .partOutOfOrder(let name, let earlier):
      "Part '\(name)' begins after '\(earlier)', and is declared before it, or begins twice. Run each part once, in the declared order."
    case .outsideParts(let what):
      "The experiment is divided into parts, and \(what) is recorded outside of all of them: every part would record it. Move it into one."
    case .partsNotRun(let measured, let all):
      "The experiment ended after \(measured) of \(all) parts. Declare only the parts that it runs at this scale."
    }
  }
}
