import Foundation
import Mistique
import Testing

@testable import TabularPipelines

struct TransformerTests {
  private func frame(_ ids: [Int64], _ columns: [(name: String, column: Column)]) -> DataFrame {
    DataFrame(rowIDs: .list(ids), columns: columns)
  }

  @Test("Joins give the rows that pandas gives", arguments: ["left", "inner"])
  func joinsAsPandas(how: String) throws {
    let expected = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: golden("golden.json"))) as? [String: Any])
    let columns = try #require(expected[how] as? [String: Any])
    let left = try CSVReader(schema: CSVReaderTests.hostileSchema).read(golden("hostile.csv")).frame
    let right = try CSVReader(schema: CSVSchema(types: ["id": .int64])).read(golden("lookup.csv")).frame
    let join = makeTransformer(Join.self, ["left_key": .text("key"), "right_key": .text("id"), "how": .text(how)])
    let joined = try join.apply([.frame(left), .frame(right)])[0]
    #expect(joined.names == left.names + ["label", "weight"])
    #expect(try joined.rowIDs.array.map { "\($0)" } == goldenTexts(columns["row_id"]).map { $0! })
    for name in ["key", "label", "weight", "number"] {
      #expect(try joined[name]!.goldenTexts == goldenTexts(columns[name]), "column \(name)")
    }
    let selected = try makeTransformer(SelectColumn.self, ["columns": .texts(["weight", "key"])]).apply([.frame(joined)])[0]
    #expect(selected.names == ["weight", "key"] && selected.rowIDs == joined.rowIDs)
  }

  @Test("A key that the right side has twice is an error, or its first row is taken")
  func duplicateKeys() throws {
    let left = frame([5, 3], [("k", Column(.int64([1, 2])))])
    let right = frame([0, 1, 2], [("k", Column(.int64([1, 1, 2]))), ("v", Column(.int64([10, 11, 20])))])
    let strict = makeTransformer(Join.self, ["left_key": .text("k"), "right_key": .text("k")])
    let error = try #require(throws: TransformerError.self) { try strict.apply([.frame(left), .frame(right)]) }
    #expect(error.description == "the right side has the key 1 of column \"k\" more than once; make it unique, or set duplicates: first")
    let first = makeTransformer(Join.self, ["left_key": .text("k"), "right_key": .text("k"), "duplicates": .text("first")])
    let joined = try first.apply([.frame(left), .frame(right)])[0]
    #expect(joined["v"]!.goldenTexts == ["10", "20"])
    #expect(joined.rowIDs.array == [5, 3])
  }

  @Test("A join with an empty right side leaves its columns missing")
  func emptyRight() throws {
    let left = frame([5, 3], [("k", Column(.text(TextValues(["a", "b"]))))])
    let right = frame([], [("k", Column(.text(TextValues()))), ("t", Column(.text(TextValues())))])
    let join = makeTransformer(Join.self, ["left_key": .text("k"), "right_key": .text("k"), "how": .text("left")])
    #expect(try join.apply([.frame(left), .frame(right)])[0]["t"]!.goldenTexts == [nil, nil])
  }

  @Test("Dropping a column that is not there is an error that lists those there are")
  func unknownColumns() throws {
    let input = frame([1], [("a", Column(.int64([1]))), ("b", Column(.int64([1])))])
    let error = try #require(throws: TransformerError.self) {
      try makeTransformer(DropColumns.self, ["columns": .texts(["a", "z"])]).apply([.frame(input)])
    }
    #expect(error.description == "there is no column \"z\"; there are a, b")
    #expect(try makeTransformer(DropColumns.self, ["columns": .texts(["a"])]).apply([.frame(input)])[0].names == ["b"])
  }

  @Test("A split keeps every row once, by row_id and seed alone")
  func splits() throws {
    let ids = (0..<10_000).map { Int64($0 * 3) }
    let features = frame(ids, [("x", Column(.int64(ids)))])
    let split = makeTransformer(TrainTestSplit.self, ["test_fraction": .number(0.25), "seed": .integer(4)])
    let parts = try split.apply([.frame(features)])
    #expect(parts.flatMap(\.rowIDs.array).sorted() == ids)
    // Binomial: 2,500 with a standard deviation of 43.
    #expect(abs(parts[1].rowCount - 2_500) < 200)
    let half = try split.apply([.frame(features.slice(5_000..<10_000))])
    #expect(half[1].rowIDs.array == parts[1].rowIDs.array.filter { $0 >= 15_000 })
    let other = makeTransformer(TrainTestSplit.self, ["test_fraction": .number(0.25), "seed": .integer(5)])
    #expect(try other.apply([.frame(features)])[1].rowIDs != parts[1].rowIDs)
    #expect(throws: TransformerError.rowsDiffer) { try split.apply([.frame(features), .frame(features.slice(0..<10))]) }
  }
}
