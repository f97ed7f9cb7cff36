import ArgumentParser
import Mistique

/// Row ids as they are written on the command line: `17,18,20-30`, ranges with both ends.
struct AskedRows {
  /// A list is held in memory; more rows than this are better asked for all at once.
  static let most = 10_000_000

  let ids: [Int64]

  /// Ids that come again are taken once. Throws `ValidationError` for anything else than ids and ascending ranges, and for more than `most`.
  init(_ argument: String) throws {
    var ids: [Int64] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(Self.id)
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else {
        throw ValidationError("'\(part)' is no row_id and no range of them. Write them as in 17,18,20-30.")
      }
      guard first <= last else { throw ValidationError("The range \(part) goes down. Write \(last)-\(first).") }
      guard last - first < Self.most, ids.count + Int(last - first) < Self.most else {
        throw ValidationError("'\(argument)' names more than \(Self.most) rows. Leave --rows away to get all.")
      }
      ids += first...last
    }
    var seen = Set<Int64>()
    self.ids = ids.filter { seen.insert($0).inserted }
  }

  private static func id(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 < 58 }) else { return nil }
    return Int64(text)
  }

  var request: RowRequest { .ids(ids) }
}
