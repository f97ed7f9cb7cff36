import MistiqueStorage
import Testing

@Suite struct ColumnTests {
  @Test("A missing value's place holds zero, so that equal columns have equal bytes")
  func missingIsZero() {
    var validity = Validity(count: 3, present: true)
    validity[1] = false
    let a = Column(.int64([1, 99, 3]), validity: validity)
    let b = Column(.int64([1, -5, 3]), validity: validity)
    #expect(a.isIdentical(to: b))
    #expect(!Column(.int64([1, 0, 3])).isIdentical(to: a), "a present zero is not a gap")
  }
}
