import Foundation
import TestSupport
import Testing

/// Questions that cannot be answered, or of which the plain answer would mislead.
struct HostileQuestionTests {
  /// One table of odd columns, one without rows, one of a single row.
  private static func odd() throws -> QuestionFixture {
    let fixture = QuestionFixture()
    try FileManager.default.createDirectory(atPath: fixture.path("data"), withIntermediateDirectories: true)
    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: fixture.path(name))) }
    try write(
      "data/odd.csv",
      "x,nans,gaps,same,a.b,🚲,text,*,inf\n1,nan,,5,2.5,1,\"a,\"\"b\"\"\n\",7,inf\n2,nan,3,5,2.5,2,,8,-inf\n3,nan,,5,nan,3,é,9,1\n4,nan,4,5,1,4,\"\",9,2\n"
    )
    try write("data/none.csv", "x,y\n")
    try write("data/one.csv", "x,y\n1,2\n")
    try write(
      "odd.yaml",
      """
      name: m
      project: p
      inputs: {odd_file: odd.csv, none_file: none.csv, one_file: one.csv}
      stages:
        - {name: odd, transformer: ReadCSV, inputs: [odd_file]}
        - {name: none, transformer: ReadCSV, inputs: [none_file]}
        - {name: one, transformer: ReadCSV, inputs: [one_file]}
      """)
    try fixture.output("log", "odd.yaml", "--data", "data", "--store", "S")
    return fixture
  }

  @Test("Odd names, NaN, gaps, infinities and texts stay what they are in every format")
  func odd() throws {
    let fixture = try Self.odd()
    let top = try fixture.ask("topk", "S", "p.m.odd.`a.b`", "--show", "p.m.odd.🚲", "--show", "p.m.odd.`*`", "--show", "p.m.odd.text")
    #expect(top.columns == ["row_id", "a.b", "🚲", "*", "text"])
    #expect(try top.numbers("row_id") == [0, 1, 3] && top.numbers("🚲") == [1, 2, 4] && top.numbers("*") == [7, 8, 9])
    #expect(try top.texts("text")[0] == "a,\"b\"\n" && top.rows[1][4] is NSNull && top.rows[2][4] as? String == "")
    let csv = try fixture.output("topk", "S", "p.m.odd.inf", "--show", "p.m.odd.text", "--format", "csv")
    #expect(csv == "row_id,inf,text\n0,inf,\"a,\"\"b\"\"\n\"\n3,2.0,\"\"\n2,1.0,é\n1,-inf,\n")
    let json = try fixture.output("topk", "S", "p.m.odd.inf", "--format", "json")
    #expect(json.contains("[0, \"Infinity\"]") && json.contains("[1, \"-Infinity\"]"))
    let table = try fixture.output("topk", "S", "p.m.odd.inf", "--show", "p.m.odd.text")
    #expect(table.split(separator: "\n").count == 5, "a line per row, whatever is in a cell: \(table)")

    let distribution = try fixture.ask("col-dist", "S", "p.m.odd.*")
    #expect(try distribution.texts("column") == ["x", "nans", "gaps", "same", "a.b", "🚲", "*", "inf"])
    #expect(try distribution.numbers("count") == [4, 0, 2, 4, 3, 4, 4, 2] && distribution.numbers("missing") == [0, 4, 2, 0, 1, 0, 0, 2])
    #expect(distribution.rows[1][3] is NSNull)
    #expect(try distribution.table("histogram").texts("column").contains("nans") == false)

    // The same infinity, NaN and gaps in both columns are no difference.
    for column in ["inf", "nans", "gaps", "text", "`*`"] {
      #expect(try fixture.ask("col-diff", "S", "p.m.odd.\(column)", "p.m.odd.\(column)").number("differ") == 0, "\(column)")
    }
    let gaps = try fixture.ask("col-diff", "S", "p.m.odd.x", "p.m.odd.gaps")
    #expect(try gaps.numbers("row_id") == [1, 0, 2] && gaps.numbers("difference").map(\.isNaN) == [false, true, true])
    let correlation = try fixture.ask("corr", "S", "p.m.odd.x", "p.m.odd.*")
    #expect(try correlation.texts("column").prefix(3) == ["gaps", "🚲", "inf"])
    #expect(try correlation.numbers("correlation").suffix(2).allSatisfy(\.isNaN))
    let nearest = try fixture.ask("knn", "S", "p.m.odd.*", "--row", "0", "--k", "100")
    #expect(nearest.rows.count == 3, "k beyond the rows")
    #expect(
      try fixture.ask("knn", "S", "p.m.odd.x", "p.m.odd.gaps", "--row", "1", "--raw").numbers("row_id") == [3],
      "rows with gaps are nobody's")
  }

  @Test("Times are compared in one unit, integers beside float64 without rounding, and what is unlike is not subtracted")
  func unlike() throws {
    let fixture = QuestionFixture()
    try FileManager.default.createDirectory(atPath: fixture.path("data"), withIntermediateDirectories: true)
    let rows = ["2024-02-29,2.5,9007199254740993,9007199254740992.0", "2024-03-01,1.50,3,3.0"]
    try Data(("day,price,n,f\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: fixture.path("data/n.csv")))
    try Data(
      """
      name: m
      project: p
      inputs: {n: n.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [n], parameters: {types: {day: date, price: text}}}
        - {name: cast, transformer: Cast, inputs: [read], parameters: {types: {day: timestamp, price: float64}}}
      """.utf8
    ).write(to: URL(fileURLWithPath: fixture.path("n.yaml")))
    try fixture.output("log", "n.yaml", "--data", "data", "--store", "S")
    #expect(try fixture.ask("col-diff", "S", "p.m.read.day", "p.m.cast.day").number("differ") == 0)
    let gone = try fixture.ask("col-diff", "S", "p.m.read.n", "p.m.read.f")
    #expect(try gone.number("differ") == 1 && gone.numbers("difference") == [1])
    let error = try fixture.run(["col-diff", "S", "p.m.read.day", "p.m.read.n"])
    #expect(error.status == 1 && error.errors.contains("Compare times with times"), "\(error)")
    for row in ["0", "1"] {
      let found = try fixture.ask("row-diff", "S", "p.m.read.*", "p.m.cast.*", "--rows", row)
      // "1.50" is no 1.5, "2.5" is one.
      #expect(try found.texts("column") == (row == "0" ? [] : ["price"]), "\(found)")
    }
  }

  /// A store "S" of one table, which stage `read` of pipeline `p.m` has read.
  private static func reading(_ csv: String) throws -> QuestionFixture {
    let fixture = QuestionFixture()
    try FileManager.default.createDirectory(atPath: fixture.path("data"), withIntermediateDirectories: true)
    try Data(csv.utf8).write(to: URL(fileURLWithPath: fixture.path("data/n.csv")))
    try Data("name: m\nproject: p\ninputs: {n: n.csv}\nstages:\n  - {name: read, transformer: ReadCSV, inputs: [n]}\n".utf8)
      .write(to: URL(fileURLWithPath: fixture.path("n.yaml")))
    try fixture.output("log", "n.yaml", "--data", "data", "--store", "S")
    return fixture
  }

  @Test("Texts that only look alike differ, as they do everywhere: byte for byte")
  func alikeTexts() throws {
    // One letter as one scalar and as two; what is the same in both rows.
    let fixture = try Self.reading("word,same\n\u{e9},x\ne\u{301},x\n")
    let found = try fixture.ask("row-diff", "S", "p.m.read.*", "--rows", "0,1")
    #expect(try found.texts("column") == ["word"] && found.number("differ") == 1, "\(found)")
  }

  @Test("Numbers that only look alike are different classes and groups, and integers are never rounded")
  func nearlyEqual() throws {
    let rows = ["9007199254740993,9007199254740992,100000.1,100000.2", "9007199254740993,9007199254740995,100000.2,100000.2"]
    let fixture = try Self.reading("a,b,label,predicted\n" + rows.joined(separator: "\n") + "\n")
    #expect(try fixture.ask("confusion", "S", "p.m.read.predicted", "--by", "p.m.read.label").number("accuracy") == 0.5)
    let groups = try fixture.ask("vis", "S", "p.m.read.a", "--by", "p.m.read.label")
    #expect(groups.columns.contains("100000.1") && groups.columns.contains("100000.2"), "\(groups.columns)")
    for (tolerance, rows) in [("0.5", [1.0, 0]), ("1", [1]), ("2", [])] {
      let differing = try fixture.ask("col-diff", "S", "p.m.read.a", "p.m.read.b", "--tolerance", tolerance)
      #expect(try differing.numbers("row_id") == rows, "\(tolerance)")
    }
  }

  @Test("Representations are compared whatever the unit of their columns, beyond what float32 holds too", arguments: ["e39", "e9", "e-60"])
  func units(exponent: String) throws {
    let rows = (0..<12).map { "\($0 * $0 % 7)\(exponent),\($0)\(exponent),\($0 * $0 % 7),\($0)" }
    let fixture = try Self.reading("a,b,x,y\n" + rows.joined(separator: "\n") + "\n")
    let (large, plain) = (
      try fixture.ask("svcca", "S", "p.m.read.a", "p.m.read.b"), try fixture.ask("svcca", "S", "p.m.read.x", "p.m.read.y")
    )
    #expect(try abs(large.numbers("correlation")[0] - plain.numbers("correlation")[0]) < 1e-5, "\(large)")
  }

  @Test("No rows, and one row")
  func few() throws {
    let fixture = try Self.odd()
    #expect(try fixture.ask("topk", "S", "p.m.none.x").rows.isEmpty)
    #expect(try fixture.output("topk", "S", "p.m.none.x", "--format", "csv") == "row_id,x\n")
    #expect(try fixture.ask("col-dist", "S", "p.m.none.*").numbers("count") == [0, 0])
    #expect(try fixture.ask("col-diff", "S", "p.m.none.x", "p.m.none.y").number("rows") == 0)
    #expect(try fixture.ask("corr", "S", "p.m.none.x", "p.m.none.y").numbers("rows") == [0])
    #expect(try fixture.ask("vis", "S", "p.m.none.*", "--by", "p.m.none.y").columns == ["column"])
    #expect(try fixture.ask("confusion", "S", "p.m.none.x", "--by", "p.m.none.y").rows.isEmpty)
    try fixture.expectError(["svcca", "S", "p.m.none.x", "p.m.none.y"], "has 0 rows")
    try fixture.expectError(["knn", "S", "p.m.none.*", "--row", "0"], "there is no row with row_id 0 among the 0")
    try fixture.expectError(["knn", "S", "p.m.none.*", "--row", "0", "--rows", "0"], "there is no row with row_id 0")
    #expect(try fixture.ask("topk", "S", "p.m.one.x").numbers("row_id") == [0])
    #expect(try fixture.ask("knn", "S", "p.m.one.*", "--row", "0", "--raw").rows.isEmpty)
    try fixture.expectError(["knn", "S", "p.m.one.*", "--row", "0"], "no column has two different numbers")
    try fixture.expectError(["svcca", "S", "p.m.one.x", "p.m.one.y"], "has 1 rows")
    try fixture.expectError(["topk", "S", "p.m.none.x", "--plot", "none.svg"], "there is no number to draw")
  }

  @Test(
    "Questions that are no questions",
    arguments: [
      (["topk", "S", "p.m.odd.*"], 1, "it names 9 columns, and the question is about one"),
      (["topk", "S", "p.m.odd.text"], 1, "it is a column of text"),
      (["topk", "S", "p.m.odd.x", "--k", "0"], 64, "--k 0: give a number of 1 or more"),
      (["topk", "S", "p.m.odd.x", "p.m.odd.gaps"], 64, "2 keys are given. Give the key of one column"),
      (["topk", "S", "p.m.odd"], 1, "the key has 3 parts instead of 4"),
      (["topk", "S", "p.m.odd.x", "--plot", "a.pdf"], 64, "ends in .svg or .png"),
      (["topk", "S", "p.x.odd.x"], 1, "there is no such model. There are: p.m"),
      (["topk", "S", "p.m.odd.x", "--rows", "9"], 1, "there is no row with row_id 9"),
      (["topk", "S", "p.m.odd.x", "--output", "no/folder.csv"], 1, "no/folder.csv: it cannot be written: No such file or directory"),
      (["topk", "S", "p.m.odd.x", "--plan", "rerun"], 1, "a re-run needs the input files. Give --data"),
      (["topk", "S", "p.m.odd.x", "--images", "nowhere"], 64, "--images: there is no 'nowhere'"),
      (["knn", "S", "p.m.odd.text", "--row", "0"], 1, "there is no column of numbers"),
      (["knn", "S", "p.m.odd.same", "--row", "0"], 1, "no column has two different numbers"),
      (["knn", "S", "p.m.odd.x", "--row", "4"], 1, "there is no row with row_id 4 among the 4"),
      (["col-dist", "S", "p.m.odd.text"], 1, "there is no column of numbers"),
      (["col-dist", "S", "p.m.odd.x", "--bins", "0"], 64, "--bins 0"),
      (["col-dist", "S", "p.m.odd.x", "--histogram"], 64, "--histogram goes with --format csv"),
      (["col-diff", "S", "p.m.odd.x"], 64, "1 key is given. Give the keys of two columns"),
      (["col-diff", "S", "p.m.odd.x", "p.m.odd.text"], 1, "p.m.odd.text: it is a column of text"),
      (["col-diff", "S", "p.m.odd.x", "p.m.odd.gaps", "--tolerance", "nan"], 64, "--tolerance nan"),
      (["row-diff", "S", "p.m.odd.*", "--rows", "1"], 64, "two row_ids"),
      (["row-diff", "S", "p.m.odd.*"], 64, "two row_ids"),
      (["row-diff", "S", "p.m.odd.*", "p.m.one.*", "--rows", "0"], 1, "it has other columns than p.m.one.*: nans where that has y"),
      (["corr", "S", "p.m.odd.x", "p.m.odd.x"], 1, "there is no column of numbers besides the first"),
      (["svcca", "S", "p.m.odd.*", "p.m.odd.x"], 1, "column nans is nan at row_id 0"),
      (["svcca", "S", "p.m.odd.same", "p.m.odd.x"], 1, "no column of the first matrix varies"),
      (["svcca", "S", "p.m.odd.x", "p.m.odd.x", "--variance", "2"], 64, "--variance 2"),
      (["vis", "S", "p.m.odd.*"], 64, "Rows need groups: give --by"),
      (["vis", "S", "p.m.odd.x", "--by", "p.m.odd.*"], 1, "it names 9 columns"),
      (["vis", "S", "p.m.odd.text", "--by", "p.m.odd.x"], 1, "there is no column of numbers"),
      (["vis", "S", "p.m.odd.x", "--images", "."], 1, "p.m: it is a pipeline"),
      (["confusion", "S", "p.m.odd.x"], 64, "There are no labels: give --by"),
      (["confusion", "S", "p.m.odd.*", "--by", "p.m.odd.x"], 1, "p.m.odd.text: it is a column of text"),
      (["explain", "S", "p.m.odd.nope"], 1, "there is no column \"nope\""),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], status: Int32, message: String) throws {
    try Self.odd().expectError(arguments, status: status, message)
  }

  @Test("Intermediates with different rows are joined by row_id, with a note; without a common row they are refused")
  func otherRows() throws {
    let fixture = try QuestionFixture.homes()
    let all = try fixture.ask("topk", "S", "p.m.read.price", "--k", "200")
    let half = try fixture.ask("topk", "S", "p.m.split_test.price", "--k", "200")
    #expect(half.rows.count > 50 && half.rows.count < 150)
    let result = try fixture.run(["col-diff", "S", "p.m.read.price", "p.m.split_test.price", "--format", "json"])
    #expect(result.errors.contains("only the \(half.rows.count) rows that all have are compared"), "\(result.errors)")
    let difference = try JSONAnswer(result.output)
    #expect(try difference.number("rows") == Double(half.rows.count) && difference.number("differ") == 0)
    try fixture.expectError(
      ["corr", "S", "p.m.split_train.price", "p.m.split_test.area"], "it has no row_id in common with p.m.split_test")
    // Rows that an intermediate has not are missing in what is shown.
    let shown = try fixture.ask("topk", "S", "p.m.read.price", "--k", "200", "--show", "p.m.split_test.id")
    let ids = try half.numbers("row_id")
    for (row, id) in zip(try shown.numbers("row_id"), try shown.numbers("id")) { #expect(ids.contains(row) ? id == row : id.isNaN) }
    #expect(try all.numbers("row_id") == shown.numbers("row_id"))
  }

  @Test("Groups with gaps leave rows out and say so; a column of too many values makes no groups")
  func groups() throws {
    let fixture = try QuestionFixture.homes()
    let result = try fixture.run(["vis", "S", "p.m.read.price", "--by", "p.m.read.city", "--format", "json"])
    let answer = try JSONAnswer(result.output)
    #expect(answer.columns == ["column", "6037", "6059", "6111"])
    let rows = try answer.table("groups").numbers("rows").reduce(0, +)
    #expect(try answer.number("rows") == rows && rows < 200)
    #expect(result.errors.contains("\(200 - Int(rows)) rows belong to no group and are left out."), "\(result.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
    let lines = (0..<201).map { "\($0),\($0)" }.joined(separator: "\n")
    try Data("x,y\n\(lines)\n".utf8).write(to: URL(fileURLWithPath: fixture.path("data/many.csv")))
    let yaml = "name: many\nproject: p\ninputs: {t: many.csv}\nstages:\n  - {name: read, transformer: ReadCSV, inputs: [t]}\n"
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: fixture.path("many.yaml")))
    try fixture.output("log", "many.yaml", "--data", "data", "--store", "S")
    try fixture.expectError(["vis", "S", "p.many.read.x", "--by", "p.many.read.y"], "p.many.read.y: it has more than 200 different values")
    #expect(!files.isEmpty)
  }

  @Test("Two rows of integers beyond 2^53 differ by what they differ by")
  func integers() throws {
    let fixture = try QuestionFixture.homes()
    let rows = try fixture.output("row-diff", "S", "p.m.read.big", "--rows", "1,2", "--format", "csv")
    #expect(rows == "column,row 1,row 2,difference\nbig,9007199254740992,9007199254740993,-1.0\n")
    let columns = try fixture.ask("col-diff", "S", "p.m.read.big", "p.m.scaled.big")
    #expect(try columns.number("differ") == 0)
  }

  @Test("--output writes what standard output would get, atomically, and answers of an adaptive store are counted")
  func output() throws {
    let fixture = try QuestionFixture.homes()
    for format in ["table", "csv", "json"] {
      let answer = try fixture.output("vis", "S", "p.m.read.*", "--by", "p.m.read.kind", "--format", format)
      #expect(try fixture.output("vis", "S", "p.m.read.*", "--by", "p.m.read.kind", "--format", format, "--output", "answer") == "")
      #expect(try String(contentsOf: fixture.folder.url.appendingPathComponent("answer"), encoding: .utf8) == answer)
    }
    #expect(try fixture.output("intermediates", "S", "p.m").contains(/read +200 +15 +[0-9,]+ +yes +6\n/))
  }
}
