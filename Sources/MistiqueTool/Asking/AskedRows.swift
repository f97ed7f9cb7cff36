import ArgumentParser
import Mistique

/// Row ids as written on the command line: `17,18,20-30`, ranges including both ends.
struct AskedRows {
  /// The list is held in memory; for more rows than this it is better to request all.
  static let most = 10_000_000

  let ids: [Int64]

  /// Repeated ids count once. Throws `ValidationError` for anything but ids and ascending ranges, and for more than `most` rows.
  init(_ argument: String) throws {
    var ids: [Int64] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let match = part.wholeMatch(of: /(-?[0-9]+)(?:-(-?[0-9]+))?/), let first = Int64(match.1),
        let last = match.2.map({ Int64($0) }) ?? first
      else {
        throw ValidationError(
          "'\(part)' is neither a row_id nor a range of row_ids. Write them as in 17,18,20-30; ids below 0 as --rows=-5--2,7.")
      }
      guard first <= last else { throw ValidationError("The range \(part) is descending. Write \(last)-\(first).") }
      let (length, isTooLong) = last.subtractingReportingOverflow(first)
      guard !isTooLong, length < Self.most, ids.count + Int(length) < Self.most else {
        throw ValidationError("'\(argument)' names more than \(Self.most) rows. Omit --rows to get all of them.")
      }
      ids += first...last
    }
    var seen = Set<Int64>()
    self.ids = ids.filter { seen.insert($0).inserted }
  }

  init(ids: [Int64]) { self.ids = ids }

  /// These rows and one more, if it is not among them.
  func adding(_ id: Int64) -> AskedRows { ids.contains(id) ? self : AskedRows(ids: ids + [id]) }

  var request: RowRequest { .ids(ids) }
}
