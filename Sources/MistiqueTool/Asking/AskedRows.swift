import ArgumentParser
import Mistique

/// Row ids as written on the command line: `17,18,20-30`, ranges including both ends.
struct AskedRows {
  /// The list is held in memory; for more rows than this it is better to request all.
  static let most = 10_000_000

  /// Each once.
  let ids: [Int64]
  /// In the order in which they were asked for, and as often.
  private let asked: [Int64]

  /// Throws `ValidationError` for anything but ids and ascending ranges, and for more than `most` rows.
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
    asked = ids
    self.ids = ids.filter { seen.insert($0).inserted }
  }

  init(ids: [Int64]) { (self.ids, asked) = (ids, ids) }

  /// These rows and one more, if it is not among them.
  func adding(_ id: Int64) -> AskedRows { ids.contains(id) ? self : AskedRows(ids: ids + [id]) }

  var request: RowRequest { .ids(ids) }

  /// Where these rows are among those of the answer, in the order in which they were asked for, and as often; `nil` when the answer has them so itself.
  func places(in answer: [Int64]) -> [Int]? {
    guard asked != answer else { return nil }
    let places = Dictionary(uniqueKeysWithValues: answer.enumerated().map { ($1, $0) })
    return asked.compactMap { places[$0] }
  }
}
