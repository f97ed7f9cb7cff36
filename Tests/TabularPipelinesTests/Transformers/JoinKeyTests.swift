import Groundwork
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct JoinKeyTests {
  private func join(_ left: Column, _ right: Column, how: String = "left", duplicates: String = "error") throws -> Column {
    let parameters = Parameters(
      ["left_key": .text("a"), "right_key": .text("b"), "how": .text(how), "duplicates": .text(duplicates)],
      declarations: Join.signature.parameters)
    let places = Column(.int64((0..<right.count).map(Int64.init)))
    let frames = [DataFrame([("a", left)]), DataFrame([("b", right), ("place", places)])]
    return try Join(parameters).apply(frames.map(StageInput.frame))[0]["place"]!
  }

  @Test("Dates and booleans are keys")
  func datesAndBooleans() throws {
    let days = Column(.date([16_861, -719_162, 0, 0]), validity: Validity(words: [0b0111], count: 4))
    let found = try join(days, Column(.date([0, 1, 16_861])))
    #expect(found.goldenTexts == ["2", nil, "0", nil], "a missing date is not 1970-01-01")
    let flags = Column(.boolean([true, false, true]), validity: Validity(words: [0b011], count: 3))
    #expect(try join(flags, Column(.boolean([false, true]))).goldenTexts == ["1", "0", nil])
    let error = try #require(throws: TransformerError.self) { try join(Column(.date([1])), Column(.date([-719_162, -719_162]))) }
    #expect(error == .duplicateKey(column: "b", value: "0001-01-01"))
  }

  @Test("Keys of two types and floating-point keys are refused by their types")
  func types() throws {
    let columns = [
      Column(.int64([1])), Column(.float64([1])), Column(.float32([1])), Column(.text(TextValues(["1"]))), Column(.boolean([true])),
      Column(.date([1])), Column(.timestamp([1])),
    ]
    for left in columns {
      for right in columns {
        if left.type == right.type, left.type != .float64, left.type != .float32 {
          #expect(try join(left, right).goldenTexts == ["0"])
        } else {
          #expect(throws: TransformerError.keyTypes(left: left.type, right: right.type)) { try join(left, right) }
        }
      }
    }
    #expect(
      TransformerError.keyTypes(left: .int64, right: .float64).description
        == "key columns must both be int64, text, boolean, date or timestamp, got int64 and float64; convert one of them first (Cast)")
  }

  @Test("Rows of random keys pair as in a dictionary", arguments: 0..<20)
  func asDictionary(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func keys(_ count: Int) -> (texts: [String?], column: Column) {
      let texts = (0..<count).map { _ in random.happens(0.1) ? nil : "k\(random.next() % 40)" as String? }
      var present = Validity(count: 0, present: true)
      for text in texts { present.append(text != nil) }
      return (texts, Column(.text(TextValues(texts.map { $0 ?? "" })), validity: present))
    }
    let (left, right) = (keys(Int(random.next() % 200)), keys(Int(random.next() % 60)))
    var first: [String: Int] = [:]
    for (place, key) in right.texts.enumerated() { if let key, first[key] == nil { first[key] = place } }
    let expected = left.texts.map { $0.flatMap { first[$0] }.map(String.init) }
    #expect(try join(left.column, right.column, duplicates: "first").goldenTexts == expected)
    #expect(try join(left.column, right.column, how: "inner", duplicates: "first").goldenTexts == expected.filter { $0 != nil })
  }
}
