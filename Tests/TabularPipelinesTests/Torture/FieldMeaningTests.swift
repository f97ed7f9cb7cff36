import Mistique
import Testing

/// The oracle of CSV values is worth something only if it notices a value that is a little wrong.
@Suite("What a CSV field says is told from what is near it")
struct FieldMeaningTests {
  private func fault(_ text: String, _ values: Column.Values) -> String? {
    FieldMeaning.fault(of: PlainCSV.Field(bytes: Array(text.utf8)), in: Column(values), 0)
  }

  @Test("Right values are right", arguments: ["1", "-1", "+1", "9223372036854775807", "-9223372036854775808", "7.0", "61e12", "0"])
  func rightIntegers(text: String) {
    let value = text == "7.0" ? 7 : text == "61e12" ? 61_000_000_000_000 : Int64(text)!
    #expect(fault(text, .int64([value])) == nil)
    #expect(fault(text, .int64([value ^ 1])) != nil)
    #expect(
      fault("0\(text)", .int64([value])) != nil || text.first! == "-" || text.first! == "+" || text.contains { $0 == "." || $0 == "e" })
  }

  @Test("Numbers are right to the bit", arguments: ["0.1", "-2.5e-3", "1e308", "5e-324", "3.14159265358979323846", ".5", "1."])
  func rightNumbers(text: String) throws {
    let value = try #require(Double(text.hasPrefix(".") ? "0\(text)" : text.hasSuffix(".") ? "\(text)0" : text))
    #expect(fault(text, .float64([value])) == nil)
    #expect(fault(text, .float64([value.nextUp])) != nil)
    #expect(fault(text, .float64([-value])) != nil)
  }

  @Test("Rounded integers, codes, words and days are noticed")
  func wrong() {
    #expect(fault("9007199254740993", .float64([9_007_199_254_740_992])) != nil)
    #expect(fault("9007199254740992", .float64([9_007_199_254_740_992])) == nil)
    #expect(fault("02116", .float64([2116])) != nil)
    #expect(fault("-0012", .int64([-12])) != nil)
    #expect(fault("nan(1)", .float64([.nan])) != nil)
    #expect(fault("nan", .float64([.nan])) == nil)
    #expect(fault("a", .text(TextValues(["b"]))) != nil)
    #expect(fault("true", .boolean([false])) != nil)
    #expect(fault("1970-01-02", .date([1])) == nil)
    #expect(fault("2000-03-01", .date([11_017])) == nil)
    #expect(fault("2000-03-01", .date([11_016])) != nil)
    #expect(fault("1", .int64([1])) == nil)
  }
}
