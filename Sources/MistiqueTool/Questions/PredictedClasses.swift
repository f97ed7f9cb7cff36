import Diagnosis
import Mistique

extension AskedColumns {
  /// The only column of a key; of several the class that they predict, the place of the largest.
  ///
  /// - Throws: `QuestionError` when there is none, and for texts among several.
  func singleOrClass(_ key: Int, of keys: [IntermediateKey]) throws -> AskedColumn {
    guard ofKey[key].count > 1 else { return try single(key, of: keys) }
    let classes = Confusion.largest(of: try ofKey[key].map { try $0.requiredNumbers() })
    var present = Validity(count: classes.count, present: true)
    for row in classes.indices where classes[row] == nil { present[row] = false }
    return AskedColumn(
      name: "class", key: "\(keys[key])", values: Column(.int64(classes.map { Int64($0 ?? 0) }), validity: present))
  }
}

/// Predictions and labels as places in one list of classes.
struct PredictedClasses {
  /// The table has a number for every two classes.
  private static let most = 2_000

  let names: [String]
  let predicted: [Int?]
  let labels: [Int?]

  /// A class as it is compared: by its number where both sides have numbers, else by its name, byte for byte.
  private struct Class: Hashable {
    let number: Int64?
    let name: ColumnName

    init(_ number: Int64?, _ name: String) { (self.number, self.name) = (number, ColumnName(number == nil ? name : "")) }
  }

  /// - Parameters:
  ///   - columns: one column of classes, or a column per class.
  ///   - labels: the labels of the same rows.
  /// - Throws: `QuestionError` when there is no column, or it holds too many different values.
  init(_ columns: [AskedColumn], labels: Groups) throws {
    guard let first = columns.first else {
      throw QuestionError("the key", "it names no column", remedy: "Name the columns with the predictions")
    }
    let side: (names: [String], numbers: [Int64?], places: [Int?])
    if columns.count == 1 {
      let groups = try Groups(first)
      side = (groups.names, groups.integers, groups.places)
    } else {
      guard columns.count <= Self.most else {
        throw QuestionError(
          first.key, "it is one of \(columns.count) columns, and a table of so many classes is not made: at most \(Self.most)",
          remedy: "Name the columns of the logits, one per class")
      }
      let largest = Confusion.largest(of: try columns.map { try $0.requiredNumbers() })
      side = (columns.map(\.name), columns.indices.map { labels.isText ? nil : Int64($0) }, largest)
    }
    let byNumber = !labels.integers.contains(nil) && !side.numbers.contains(nil)
    let known = zip(labels.integers, labels.names).map { Class(byNumber ? $0 : nil, $1) }
    let found = zip(side.numbers, side.names).map { Class(byNumber ? $0 : nil, $1) }
    var order: [Class] = []
    var seen: Set<Class> = []
    for one in known + found where seen.insert(one).inserted { order.append(one) }
    if byNumber { order.sort { $0.number! < $1.number! } }
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let labelNames = Dictionary(zip(known, labels.names), uniquingKeysWith: { first, _ in first })
    names = order.map { one in labelNames[one] ?? one.number.map { "\($0)" } ?? one.name.text }
    predicted = side.places.map { $0.map { places[found[$0]]! } }
    self.labels = labels.places.map { $0.map { places[known[$0]]! } }
  }
}
