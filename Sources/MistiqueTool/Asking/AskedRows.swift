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
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(Self.id)
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else {
        throw ValidationError("'\(part)' is neither a row_id nor a range of row_ids. Write them as in 17,18,20-30.")
      }
      guard first <= last else { throw ValidationError("The range \(part) is descending. Write \(last)-\(first).") }
      guard last - first < Self.most, ids.count + Int(last - first) < Self.most else {
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

  private static func id(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 < 58 }) else { return nil }
    return Int64(text)
  }

  var request: RowRequest { .ids(ids) }
}
