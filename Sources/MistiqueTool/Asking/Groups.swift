import ConvolutionalNetworks
import Mistique

/// Rows by what they have in common: the values of a column, or the classes of images.
struct Groups {
  /// A picture or a table of more says nothing.
  static let most = 200

  /// What the groups are called, in the order of their values.
  let names: [String]
  /// What each group's value is, where it is a whole number.
  let integers: [Int64?]
  /// Whether the groups are texts.
  let isText: Bool
  /// The group of each row; `nil` for one without.
  let places: [Int?]

  /// How many rows each group has.
  var counts: [Int] {
    places.reduce(into: Array(repeating: 0, count: names.count)) { if let place = $1 { $0[place] += 1 } }
  }

  var missing: Int { places.count { $0 == nil } }

  /// The different values of a column, in their order; missing values and NaN belong to none.
  ///
  /// - Throws: `QuestionError` when there are more than `most`.
  init(_ column: AskedColumn) throws {
    let values = column.values
    if case .text(let texts) = values.values {
      // By their bytes: texts that only look alike are different.
      let bytes = (0..<values.count).map { values.isPresent($0) ? Array(texts.bytes(at: $0)) : nil }
      try self.init(bytes, key: column.key, isText: true, isBefore: { $0.lexicographicallyPrecedes($1) }) {
        (String(decoding: $0, as: UTF8.self), nil)
      }
    } else if let integers = column.integers {
      let type = values.type
      try self.init(integers, key: column.key, isBefore: <) { (CellText.text($0, as: type), $0) }
    } else {
      let numbers = try column.requiredNumbers().map { $0.isNaN ? nil : $0 }
      // With every digit: what is called the same is taken for the same. A float32 is called what it is as one, so that 0.1 is 0.1.
      let isSingle = values.type == .float32
      try self.init(numbers, key: column.key, isBefore: <) { number in
        let whole = Int64(exactly: number)
        return (whole.map { "\($0)" } ?? (isSingle ? "\(Float(number))" : "\(number)"), whole)
      }
    }
  }

  /// The classes of images, by row_id.
  ///
  /// - Parameter labelNames: what the classes are called, by number.
  /// - Throws: `QuestionError` when there are more than `most`, or a row has no image.
  init(labels: [Int64], rowIDs: [Int64], labelNames: [String], place: String) throws {
    if let beyond = rowIDs.first(where: { $0 < 0 || $0 >= labels.count }) {
      throw QuestionError(place, "it has \(labels.count) labels, and there is a row_id \(beyond)", remedy: "Give one label for each image")
    }
    try self.init(rowIDs.map { labels[Int($0)] }, key: place, isBefore: <) { label in
      (labelNames.indices.contains(Int(label)) ? labelNames[Int(label)] : "\(label)", label)
    }
  }

  private init<Value: Hashable>(
    _ values: [Value?], key: String, isText: Bool = false, isBefore: (Value, Value) -> Bool, name: (Value) -> (String, Int64?)
  ) throws {
    var known: Set<Value> = []
    for case let value? in values where known.insert(value).inserted && known.count > Self.most {
      throw QuestionError(
        key, "it has more than \(Self.most) different values, which make no groups", remedy: "Group by a column with fewer different values"
      )
    }
    let sorted = known.sorted(by: isBefore)
    let order = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    places = values.map { value in value.map { order[$0]! } }
    (names, integers) = (sorted.map { name($0).0 }, sorted.map { name($0).1 })
    self.isText = isText
  }
}
