import Diagnosis
import TestSupport
import Testing

@Suite struct ConfusionTests {
  @Test("Counts are those of counting each pair")
  func counts() {
    let confusion = Confusion(predicted: [0, 1, 1, nil, 2, 0], labels: [0, 1, 0, 1, nil, 2], classes: 3)
    #expect(confusion.counts == [1, 1, 0, 0, 1, 0, 1, 0, 0])
    #expect(confusion.count == 4 && confusion.right == 2 && confusion.missing == 2)
    #expect(Confusion(predicted: [], labels: [], classes: 0).counts.isEmpty)
  }

  @Test("The largest column is the first of the largest, and none of a row with NaN")
  func largest() {
    let columns: [[Double]] = [[1, 2, .nan, -.infinity], [3, 2, 1, -.infinity], [2, 1, 5, -1]]
    #expect(Confusion.largest(of: columns) == [1, 0, nil, 2])
    #expect(Confusion.largest(of: []).isEmpty && Confusion.largest(of: [[]]).isEmpty)
  }
}
