import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct CSVOptionsTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let text: String
      let separator: String
      let missing: [String]
      let columns: [String]
      let names: [String]
      let values: [String: [String?]]
    }
    let cases: [Case]
  }

  @Test("Separators, markers of missing values and chosen columns read as pandas reads them", arguments: [1, 5, 16, 1 << 18])
  func optionsReadAsPandas(piece: Int) throws {
    let directory = TemporaryDirectory()
    let cases = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: golden("csv_options.json"))).cases
    try #require(cases.count == 4)
    for one in cases {
      let url = try directory.file("a.csv", one.text)
      let types = CSVColumnTypes(one.names.map { ($0, ColumnType.text) })
      let schema = CSVSchema(types: types, columns: one.columns, missing: one.missing, separator: one.separator)
      let result = try CSVReader(schema: schema, pieceByteCount: piece, threadCount: 2).read(url)
      #expect(result.frame.names == one.names)
      for name in one.names { #expect(result.frame[name]?.goldenTexts == one.values[name], "\(name) of \(one.text)") }
      #expect(result.schema == schema)
    }
  }

  @Test("Markers count in columns of every type, also when they are numbers, but not in quotes")
  func markers() throws {
    let directory = TemporaryDirectory()
    let text = "i,n,t,b,d\n1,1.5,x,true,2016-01-01\nNA,NA,NA,NA,NA\n-999,-999,-999,-999,-999\n\"-999\",\"-999.0\",\"NA\",false,2016-01-02\n"
    let url = try directory.file("a.csv", text)
    let schema = CSVSchema(missing: ["NA", "-999", ""])
    let frame = try CSVReader(schema: schema).read(url).frame
    #expect(frame.columns.map(\.type) == [.int64, .float64, .text, .boolean, .date])
    #expect(frame["i"]!.goldenTexts == ["1", nil, nil, "-999"])
    #expect(frame["n"]!.doubles?[3] == -999 && frame["n"]!.missingCount == 2)
    #expect(frame["t"]!.goldenTexts == ["x", nil, nil, "NA"])
    #expect(frame["b"]!.missingCount == 2 && frame["d"]!.missingCount == 2)
    #expect(throws: CSVError.self) { try CSVReader(schema: CSVSchema(types: ["i": .int64], missing: ["na"])).read(url) }
  }

  @Test("Columns that are not wanted are not parsed, but their quotes and number of fields still count")
  func columns() throws {
    let directory = TemporaryDirectory()
    let schema = CSVSchema(types: ["a": .int64, "b": .int64, "c": .int64], columns: ["c", "a"])
    let frame = try CSVReader(schema: schema).read(directory.file("a.csv", "a,b,c\n1,x,2\n3,\"\n,\",4\n")).frame
    #expect(frame.names == ["a", "c"])
    #expect(frame["c"]!.goldenTexts == ["2", "4"])
    func message(_ text: String, _ schema: CSVSchema) throws -> String {
      let url = try directory.file("b.csv", text)
      let error = try #require(throws: CSVError.self) { try CSVReader(schema: schema, pieceByteCount: 3, threadCount: 2).read(url) }
      return error.description.replacingOccurrences(of: url.path, with: "")
    }
    #expect(try message("a,b,c\n1,\"x\"y,2\n", schema).hasPrefix(":2: text follows the closing quote"))
    #expect(try message("a,b,c\n1,x,2\n1,2\n", schema).hasPrefix(":3: expected 3 fields as in the header, got 2"))
    #expect(try message("a,b\n1,2\n", schema) == ":1: the header lacks the required column \"c\"")
  }

  @Test("A separator that could be part of a value is an error", arguments: ["", "\"", "\n", "\r", "1", "e", "-", ".", "é", ";;", "\u{0}"])
  func separators(separator: String) throws {
    let directory = TemporaryDirectory()
    let url = try directory.file("a.csv", "a,b\n1,2\n")
    let error = try #require(throws: CSVError.self) { try CSVReader(schema: CSVSchema(separator: separator)).read(url) }
    #expect(error == .separator(file: url.path, got: separator))
    #expect(error.description.contains("must be one ASCII character"))
  }

  @Test("ReadCSV reads with its parameters, again from its state, and a state of defaults is bound to the first two only")
  func readCSV() throws {
    let directory = TemporaryDirectory()
    let input = [StageInput.file(try directory.file("a.csv", "a;b;c\n1;NA;x\n2;3;y\n"))]
    func stage(_ values: [String: ParameterValue]) -> ReadCSV { ReadCSV(Parameters(values, declarations: ReadCSV.signature.parameters)) }
    let chosen = stage(["separator": .text(";"), "missing": .texts(["NA"]), "columns": .texts(["b", "a"])])
    let fitted = try chosen.fit(input)
    let frame = try fitted.apply(input)[0]
    #expect(frame.names == ["a", "b"])
    #expect(frame["b"]!.goldenTexts == [nil, "3"])
    #expect(try chosen.restore(fitted.state).apply(input)[0].isIdentical(to: frame))
    #expect(throws: FittedStateError.otherParameters(transformer: "ReadCSV")) { try stage(["separator": .text(";")]).restore(fitted.state) }

    let first = Array(ReadCSV.signature.parameters.prefix(2))
    #expect(first.map(\.name) == ["schema", "required"])
    let state = try stage([:]).fit(input).state
    #expect(try !FittedState.opened(state, transformer: "ReadCSV", parameters: Parameters([:], declarations: first)).isEmpty)
  }
}
