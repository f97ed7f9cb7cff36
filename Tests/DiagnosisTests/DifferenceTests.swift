import Diagnosis
import Testing

@Suite struct DifferenceTests {
  @Test("ROW_DIFF names the columns that differ most and leaves out those that agree")
  func rows() {
    let difference = RowDifference([1, 5, -2, 7, 7], [1, 2, 2, 4, 7], count: 2)
    #expect(
      difference.columns == [
        RowDifference.Column(column: 2, first: -2, second: 2), RowDifference.Column(column: 1, first: 5, second: 2),
      ])
    #expect(difference.maximum == 4 && abs(difference.euclidean - 34.0.squareRoot()) < 1e-15)
    #expect(RowDifference([1, 2], [1, 2], count: 5) == RowDifference([3, .infinity], [3, .infinity], count: 1))
    let matrix = Mixture([1, 2, 3, 4, 2, 0], columns: 3)
    #expect(matrix.view { RowDifference(0, 1, of: $0, count: 1) }.columns.map(\.column) == [0])
  }

  @Test("ROW_DIFF keeps gaps apart, and extreme values neither overflow nor vanish")
  func rowExtremes() {
    let gaps = RowDifference([.nan, .nan, 3, .infinity], [1, .nan, 1, .infinity], count: 9)
    #expect(gaps.missing == [0] && gaps.columns.map(\.column) == [2] && gaps.maximum == 2 && gaps.euclidean == 2)
    #expect(RowDifference([.infinity, 1], [1, 2], count: 1).euclidean == .infinity)
    #expect(RowDifference([1e308, 0], [0, 0], count: 1).euclidean == 1e308)
    #expect(abs(RowDifference([3e-200, 0], [0, 4e-200], count: 1).euclidean / 5e-200 - 1) < 1e-15)
    #expect(RowDifference([], [], count: 3).euclidean == 0)
  }

  @Test("COL_DIFF gives the rows beyond the tolerance, and a gap in one column is a difference")
  func columns() {
    let first = [1, 2, .nan, .nan, .infinity, 5]
    let second = [1, 2.5, .nan, 4, .infinity, -.infinity]
    #expect(ColumnDifference(first, second).rows == [1, 3, 5])
    #expect(ColumnDifference(first, second, tolerance: 0.5).rows == [3, 5])
    #expect(ColumnDifference(first, second).share == 0.5)
    #expect(ColumnDifference([], []).share == 0)
    #expect(ColumnDifference(labels: ["cat", nil, "dog"], ["cat", "cat", nil]).rows == [1, 2])
    #expect(ColumnDifference(labels: [3, 8, nil], [3, 9, nil]).rows == [1])
  }
}
