import Mistique
import Testing

@testable import TabularPipelines

struct CastTests {
  private func cast(_ column: Column, _ type: ColumnType) throws -> Column {
    let frame = DataFrame(rowIDs: .list((0..<column.count).map { Int64($0 * 10) }), columns: [("other", column), ("x", column)])
    let output = try makeTransformer(Cast.self, ["types": .mapping(of: [("x", "\(type)")])]).apply([.frame(frame)])[0]
    #expect(output.names == frame.names && output.rowIDs == frame.rowIDs && output.columns[0].isSame(as: column))
    return output.columns[1]
  }

  private func gappy(_ values: Column.Values) -> Column {
    var present = Validity(count: values.count, present: true)
    present[1] = false
    return Column(values, validity: present)
  }

  private func texts(_ values: String...) -> Column { gappy(.text(TextValues(values))) }

  @Test("Numbers become each other where both have the value, and gaps stay")
  func numbers() throws {
    let integers = gappy(.int64([3, 0, -(1 << 53)]))
    let doubles = gappy(.float64([3, 0, -9_007_199_254_740_992]))
    #expect(try cast(integers, .float64).isIdentical(to: doubles) && cast(doubles, .int64).isIdentical(to: integers))
    #expect(try cast(integers, .float32).isIdentical(to: gappy(.float32([3, 0, -9_007_199_254_740_992]))))
    #expect(try cast(gappy(.float32([0.5, 0, .infinity])), .float64).isIdentical(to: gappy(.float64([0.5, 0, .infinity]))))
    #expect(try cast(gappy(.boolean([true, false, false])), .int64).isIdentical(to: gappy(.int64([1, 0, 0]))))
    #expect(try cast(gappy(.int64([1, 0, 0])), .boolean).isIdentical(to: gappy(.boolean([true, false, false]))))
    #expect(try cast(gappy(.float64([.nan, 0, 1])), .float32).doubles![0].isNaN)
    #expect(try cast(integers, .int64).isSame(as: integers), "a column that has its type is shared")
  }

  @Test("A value that the type does not have is an error that names it and its row")
  func errors() throws {
    let cases: [(Column, ColumnType, String)] = [
      (gappy(.float64([1, 0, 2.5])), .int64, "2.5"), (gappy(.float64([1, 0, .nan])), .int64, "nan"),
      (gappy(.float64([1, 0, 1e19])), .int64, "1e+19"),
      (gappy(.int64([1, 0, (1 << 53) + 1])), .float64, "9007199254740993"), (gappy(.int64([1, 0, 16_777_217])), .float32, "16777217"),
      (gappy(.float64([1, 0, 0.1])), .float32, "0.1"), (gappy(.float64([1, 0, 1e39])), .float32, "1e+39"),
      (gappy(.int64([1, 0, 2])), .boolean, "2"),
      (texts("1", "", "n/a"), .float64, "n/a"), (texts("1", "", "1.5"), .int64, "1.5"), (texts("true", "", "yes"), .boolean, "yes"),
      (texts("2016-02-29", "", "2017-02-29"), .date, "2017-02-29"), (texts("1", "", "1e39"), .float32, "1e39"),
      (gappy(.timestamp([0, 0, 1])), .date, "1970-01-01 00:00:00.000001"), (gappy(.date([0, 0, .max])), .timestamp, "5881580-07-11"),
    ]
    for (column, type, value) in cases {
      let error = TransformerError.notCastable(column: "x", rowID: 20, value: value, type: type)
      #expect(throws: error, "\(value) as \(type)") { try cast(column, type) }
    }
    #expect(
      TransformerError.notCastable(column: "x", rowID: 20, value: "n/a", type: .float64).description
        == "column \"x\" has \"n/a\" in row_id 20, which is no float64; Cast rounds nothing, so drop the row or leave the column out")
    for (from, to) in [(Column(.date([1])), ColumnType.int64), (Column(.int64([1])), .date), (Column(.timestamp([1])), .float64)] {
      #expect(throws: TransformerError.castTypes(column: "x", from: from.type, to: to)) { try cast(from, to) }
    }
  }

  @Test("Texts become what a CSV file would say, the empty one missing, and every type becomes text and comes back")
  func texts() throws {
    let numbers = try cast(texts("2.5", "", "", "-1e3"), .float64)
    #expect(numbers.doubles!.map { $0.isNaN ? 0 : $0 } == [2.5, 0, 0, -1_000] && numbers.missingCount == 2)
    #expect(try cast(texts("0.1", "", "16777216"), .float32).isIdentical(to: gappy(.float32([0.1, 0, 16_777_216]))))
    let columns = [
      gappy(.int64([.min, 0, .max])), gappy(.float64([0.1, 0, -1e300])), gappy(.float32([0.1, 0, 3])),
      gappy(.boolean([true, false, false])),
      gappy(.date([-719_162, 0, 16_861])), gappy(.timestamp([-1, 0, 1_553_372_469_000_000])),
    ]
    for column in columns {
      let text = try cast(column, .text)
      #expect(text.type == .text && text.missingCount == 1 && text.goldenTexts[1] == nil)
      #expect(try cast(text, column.type).isIdentical(to: column), "\(text.goldenTexts)")
    }
    #expect(try cast(columns[4], .text).goldenTexts == ["0001-01-01", nil, "2016-03-01"])
    let midnight = try cast(columns[4], .timestamp)
    #expect(try midnight.type == .timestamp && cast(midnight, .date).isIdentical(to: columns[4]))
  }

  @Test("No rows are cast to no rows of the type")
  func empty() throws {
    for type in ColumnType.allCases { #expect(try cast(Column(.text(TextValues())), type).type == type) }
  }
}
