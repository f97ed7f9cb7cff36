import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct CSVTimestampTests {
  private func read(_ text: String, _ schema: CSVSchema = .inferred) throws -> DataFrame {
    try CSVReader(schema: schema).read(TemporaryDirectory().file("a.csv", text)).frame
  }

  private func microseconds(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBufferPointer { CSVFieldParsing.timestamp($0) } }

  @Test("A column of times is of microseconds, whichever way they are written")
  func forms() throws {
    let frame = try read("t,n\n2019-03-23 20:21:09,1\n2019-03-23T20:21:09.5,2\n\"1969-12-31 23:59:59.999999\",3\n,4\n")
    // The values are those of Python's datetime.
    let column = Column(
      .timestamp([1_553_372_469_000_000, 1_553_372_469_500_000, -1, 0]), validity: Validity(words: [0b0111], count: 4))
    #expect(frame["t"]!.isIdentical(to: column))
  }

  @Test(
    "What is not exactly such a time is a text",
    arguments: [
      "2019-03-23 20:21:09Z", "2019-03-23 20:21:09+01:00", "2019-03-23 24:00:00", "2019-03-23 20:60:00", "2019-03-23 20:21:60",
      "2019-02-29 20:21:09", "2019-03-23 20:21", "2019-03-23 20:21:09.", "2019-03-23 20:21:09.1234567", "2019-03-23  20:21:09",
      "2019-03-23_20:21:09", "19-03-23 20:21:09", "2019-03-23 2a:21:09", "2019-03-23 20:21:09,5", "2019-03-23 20.21.09",
    ])
  func texts(text: String) throws {
    #expect(microseconds(text) == nil)
    #expect(try read("t\n\"\(text)\"\n")["t"]!.goldenTexts == [text])
  }

  @Test("A day among times and a time among days make a text, so that neither changes")
  func mixtures() throws {
    for text in ["t\n2019-03-23\n2019-03-23 20:21:09\n", "t\n2019-03-23 20:21:09\n2019-03-23\n"] {
      #expect(try read(text)["t"]!.type == .text)
    }
    let error = try #require(throws: CSVError.self) { try read("t\n2019-03-23\n", CSVSchema(types: ["t": .timestamp])) }
    #expect(error.description.contains("expected a time such as 2016-12-30 20:21:09, got \"2019-03-23\""))
  }

  @Test("Times are written with the digits they need and read back")
  func roundTrip() throws {
    for (microseconds, text) in [
      (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59.999999"), (1_553_372_469_500_000, "2019-03-23 20:21:09.5"),
      (-62_167_219_200_000_000, "0000-01-01 00:00:00"), (253_402_300_799_000_010, "9999-12-31 23:59:59.00001"),
    ] as [(Int64, String)] {
      #expect(Timestamp(microseconds: microseconds).text == text)
      #expect(self.microseconds(text) == microseconds)
    }
    var random = SeededRandom(seed: 5)
    let values = (0..<3_000).map { _ in Int64(random.next() % 315_569_519_999_999_999) - 62_167_219_200_000_000 }
    let directory = TemporaryDirectory()
    let url = directory.url.appendingPathComponent("a.csv")
    let frame = DataFrame([("t", Column(.timestamp(values))), ("n", Column(.int64(values)))])
    try CSVWriter().write(frame, to: url)
    for piece in [7, 61, 1 << 18] {
      #expect(try CSVReader(schema: .inferred, pieceByteCount: piece, threadCount: 2).read(url).frame.isIdentical(to: frame))
    }
    #expect(Timestamp(microseconds: .min).text == "-290308-12-21 19:59:05.224192", "far outside of what is read, but no trap")
    #expect(Timestamp(microseconds: .max).text == "294247-01-10 04:00:54.775807")
  }

  @Test("Times are keys, fill values and numbers on the axis of days")
  func stages() throws {
    let frame = try read("t,n\n2019-03-23 12:00:00,1\n,2\n2019-03-23 12:00:00.000001,3\n")
    var table = KeyTable(type: .timestamp)
    #expect(table.insert(frame["t"]!) == [0, -1, 1])
    #expect(table.ascendingNumbers.map(table.text) == ["2019-03-23 12:00:00", "2019-03-23 12:00:00.000001"])
    let filling = FillNA(
      Parameters(["columns": .texts(["t"]), "value": .text("2019-03-23T12:00:00")], declarations: FillNA.signature.parameters))
    let fitted = try filling.fit([.frame(frame)])
    let filled = try filling.restore(fitted.state).apply([.frame(frame)])[0]
    #expect(filled["t"]!.goldenTexts == ["1553342400000000", "1553342400000000", "1553342400000001"])
    #expect(FeatureMatrix.rowMajor([frame["t"]!], rows: 0..<1) == [17_978.5])
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) {
      filled["t"]!.read(1..<2, into: $0.baseAddress!)
      #expect($0[0] == 17_978.5)
    }
    #expect(frame["t"]!.doubles?[0] == 1_553_342_400_000_000)
  }
}
