import Foundation
import TestSupport
import Testing

/// Every question against NumPy, SciPy and scikit-learn: live where a Python has NumPy, else against what the same script gave.
@Suite(.serialized) struct QuestionOracleTests {
  private static let script = QuestionFixture.sources.appendingPathComponent("questions_oracle.py").path
  private static let python = PythonWorker.interpreter ?? "python3"

  private static func oracle(_ arguments: String...) throws -> [String: Any] {
    let result = try Command([python, script] + arguments).finish()
    try #require(result.status == 0, "\(result.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  private static func homes() throws -> [String: Any] {
    guard NumPy.isInstalled else {
      let golden = try Data(contentsOf: QuestionFixture.sources.appendingPathComponent("homes.json"))
      return try #require(JSONSerialization.jsonObject(with: golden) as? [String: Any])
    }
    return try oracle("homes", QuestionFixture.sources.appendingPathComponent("homes.csv").path)
  }

  private func expectEqual(
    _ ours: [Double], _ expected: Any?, tolerance: Double = 1e-9, _ what: String, at location: SourceLocation = #_sourceLocation
  ) throws {
    let theirs = try #require(expected as? [Any], "\(what)", sourceLocation: location).map { ($0 as? NSNumber)?.doubleValue ?? .nan }
    #expect(ours.count == theirs.count, "\(what): \(ours) and \(theirs)", sourceLocation: location)
    for (place, (a, b)) in zip(ours, theirs).enumerated() {
      let isEqual = a.isNaN ? b.isNaN : abs(a - b) <= tolerance * max(1, abs(b))
      #expect(isEqual, "\(what), \(place): \(a) and \(b)", sourceLocation: location)
    }
  }

  @Test("Questions about a pipeline")
  func pipeline() throws {
    let fixture = try QuestionFixture.homes()
    let expected = try Self.homes()
    func object(_ name: String) throws -> [String: Any] { try #require(expected[name] as? [String: Any]) }

    try expectEqual(try fixture.ask("topk", "S", "p.m.read.price", "--k", "7").numbers("row_id"), expected["topk price"], "topk")
    let smallest = try fixture.ask("topk", "S", "p.m.read.area", "--k", "5", "--smallest")
    try expectEqual(try smallest.numbers("row_id"), expected["topk smallest area"], "topk --smallest")
    try expectEqual(try fixture.ask("topk", "S", "p.m.read.built", "--k", "6").numbers("row_id"), expected["topk built"], "topk of dates")
    try expectEqual(try fixture.ask("topk", "S", "p.m.read.big", "--k", "5").numbers("row_id"), expected["topk big"], "topk beyond 2^53")

    let features = ["id", "city", "area", "rooms", "price", "built", "`a.b`", "class", "p0", "p1", "p2"].map { "p.m.read.\($0)" }
    let nearest = try JSONAnswer(try fixture.run(["knn", "S"] + features + ["--row", "5", "--format", "json"]).output)
    try expectEqual(try nearest.numbers("row_id"), try object("knn")["rows"], "knn")
    try expectEqual(try nearest.numbers("distance"), try object("knn")["distances"], tolerance: 1e-6, "knn")
    let raw = try fixture.ask("knn", "S", "p.m.read.rooms", "p.m.read.price", "--row", "5", "--raw")
    try expectEqual(try raw.numbers("row_id"), try object("knn raw")["rows"], "knn --raw")
    try expectEqual(try raw.numbers("distance"), try object("knn raw")["distances"], "knn --raw")

    for (name, column) in [("area", "area"), ("a.b", "`a.b`"), ("price", "price"), ("city", "city")] {
      let answer = try fixture.ask("col-dist", "S", "p.m.read.\(column)", "--bins", "12")
      let theirs = try #require(object("col-dist")[name] as? [String: Any])
      try expectEqual(answer.rows[0].dropFirst().map { ($0 as? NSNumber)?.doubleValue ?? .nan }, theirs["numbers"], "col-dist \(name)")
      let histogram = try answer.table("histogram")
      try expectEqual(try histogram.numbers("count"), theirs["counts"], "histogram \(name)")
      let edges = try histogram.numbers("from") + [histogram.numbers("to").last!]
      try expectEqual(edges, theirs["edges"], tolerance: 1e-15, "edges \(name)")
    }

    let difference = try fixture.ask("col-diff", "S", "p.m.read.price", "p.m.scaled.price", "--k", "8")
    let theirs = try object("col-diff")
    try expectEqual(try difference.numbers("row_id"), theirs["rows"], "col-diff")
    try expectEqual(try difference.numbers("difference"), theirs["differences"], "col-diff")
    let means = [try difference.number("mean difference"), try difference.number("mean absolute difference")]
    try expectEqual(means, theirs["means"], "col-diff")
    for by in ["kind", "city"] {
      let answer = try fixture.ask("col-diff", "S", "p.m.read.price", "p.m.scaled.price", "--by", "p.m.read.\(by)")
      let groups = try #require(object("col-diff by")[by] as? [String: Any])
      #expect(try answer.texts("group") == groups["groups"] as? [String])
      try expectEqual(try answer.numbers("rows"), groups["rows"], "col-diff --by \(by)")
      for (row, means) in zip(answer.rows, try #require(groups["means"] as? [Any])) {
        try expectEqual(row.suffix(4).map { ($0 as! NSNumber).doubleValue }, means, "col-diff --by \(by)")
      }
    }

    let rows = try fixture.ask("row-diff", "S", "p.m.read.*", "--rows", "5,9", "--k", "6")
    #expect(try rows.texts("column") == (object("row-diff")["columns"] as? [String]))
    try expectEqual([try rows.number("euclidean distance")], [try object("row-diff")["euclidean"] as Any], "row-diff")

    let others = features.filter { $0 != "p.m.read.price" }
    let correlations = try JSONAnswer(try fixture.run(["corr", "S", "p.m.read.price"] + others + ["--format", "json"]).output)
    #expect(try correlations.texts("column") == (object("corr")["order"] as? [String]))
    let pairs = try #require(object("corr")["pairs"] as? [String: [Any]])
    for (name, row) in zip(try correlations.texts("column"), correlations.rows) {
      try expectEqual(row.dropFirst().map { ($0 as! NSNumber).doubleValue }, pairs[name], "corr \(name)")
    }

    let svcca = try fixture.ask("svcca", "S", "p.m.sides.*", "p.m.votes.*")
    try expectEqual(try svcca.numbers("correlation"), try object("svcca")["coefficients"], tolerance: 1e-5, "svcca")
    let directions = [try svcca.number("first directions"), try svcca.number("second directions")]
    try expectEqual(directions, try object("svcca")["directions"], "svcca")

    let vis = try fixture.ask("vis", "S", "p.m.read.*", "--by", "p.m.read.kind")
    let groups = try #require(object("vis")["groups"] as? [String])
    #expect(try vis.texts("column") == (object("vis")["columns"] as? [String]))
    #expect(vis.columns == ["column"] + groups)
    for (row, means) in zip(vis.rows, try #require(object("vis")["means"] as? [Any])) {
      try expectEqual(row.dropFirst().map { ($0 as! NSNumber).doubleValue }, means, tolerance: 1e-12, "vis")
    }

    try expectCounts(try fixture.ask("confusion", "S", "p.m.read.guess", "--by", "p.m.read.kind"), expected["confusion texts"])
    try expectCounts(try fixture.ask("confusion", "S", "p.m.votes.*", "--by", "p.m.read.class"), expected["confusion votes"])
  }

  private func expectCounts(_ answer: JSONAnswer, _ expected: Any?, at location: SourceLocation = #_sourceLocation) throws {
    let theirs = try #require(expected as? [[Int]], sourceLocation: location)
    let ours = answer.rows.map { $0.dropFirst().dropLast(2).map { ($0 as! NSNumber).intValue } }
    #expect(ours == theirs, sourceLocation: location)
    let right = theirs.indices.reduce(0) { $0 + theirs[$1][$1] }
    #expect(try answer.number("right") == Double(right), sourceLocation: location)
  }

  @Test("Questions about a network, read and re-run on a folder of CIFAR-10 and on NumPy arrays", .enabled(if: NumPy.isInstalled))
  func network() throws {
    let fixture = try QuestionFixture.network()
    // Layer 2 has four maps of 16 x 16, layer 4 ten logits.
    for layer in ["layer2", "layer3", "layer4"] { try fixture.output("get", "S", "net.small.\(layer).*", "--output", "\(layer).csv") }
    try Data("[\(QuestionFixture.images.labels.map { "\($0)" }.joined(separator: ","))]".utf8).write(
      to: URL(fileURLWithPath: fixture.path("labels.json")))
    let expected = try Self.oracle(
      "network", fixture.path("layer2.csv"), fixture.path("layer4.csv"), fixture.path("labels.json"), fixture.path("layer3.csv"))
    func object(_ name: String) throws -> [String: Any] { try #require(expected[name] as? [String: Any]) }

    for more in [
      ["--plan", "read", "--labels", "labels.npy"], ["--plan", "rerun", "--images", "."],
      ["--plan", "rerun", "--images", "cifar-10-batches-bin"],
      ["--plan", "rerun", "--images", "images.npy", "--labels", "labels.npy"],
    ] {
      func ask(_ arguments: String...) throws -> JSONAnswer {
        let result = try fixture.run(arguments + more + ["--format", "json"])
        try #require(result.status == 0, "\(arguments) \(more): \(result.errors)")
        #expect(result.errors.contains(more[1] == "read" ? "rows, read, " : "rows, re-run ("), "\(result.errors)")
        return try JSONAnswer(result.output)
      }
      try expectEqual(try ask("topk", "S", "net.small.layer2.n2", "--k", "9").numbers("row_id"), expected["topk"], "topk")
      let byMean = try ask("topk", "S", "net.small.layer2.n2", "--k", "9", "--map", "mean")
      try expectEqual(try byMean.numbers("row_id"), expected["topk mean"], "topk --map mean")
      let nearest = try ask("knn", "S", "net.small.layer2.*", "--row", "17", "--k", "12")
      try expectEqual(try nearest.numbers("row_id"), try object("knn")["rows"], "knn")
      try expectEqual(try nearest.numbers("distance"), try object("knn")["distances"], "knn")
      let distribution = try ask("col-dist", "S", "net.small.layer2.n1", "--bins", "8")
      try expectEqual(
        distribution.rows[0].dropFirst().map { ($0 as! NSNumber).doubleValue }, try object("col-dist")["numbers"], "col-dist")
      try expectEqual(try distribution.table("histogram").numbers("count"), try object("col-dist")["counts"], "col-dist")
      let correlations = try ask("corr", "S", "net.small.layer4.n3", "net.small.layer2.*")
      for row in correlations.rows {
        let channel = try #require(Int((row[0] as! String).dropFirst()))
        let theirs = try #require((expected["corr"] as? [Any])?[channel])
        try expectEqual(row.dropFirst().map { ($0 as! NSNumber).doubleValue }, theirs, "corr n\(channel)")
      }
      let svcca = try ask("svcca", "S", "net.small.layer2.*", "net.small.layer4.*")
      try expectEqual(try svcca.numbers("correlation"), try object("svcca")["coefficients"], tolerance: 1e-5, "svcca")
      for (name, map) in [("vis", "values"), ("vis mean", "mean")] {
        let vis = try ask("vis", "S", "net.small.layer2.*", "--map", map)
        for (row, means) in zip(vis.rows, try #require(expected[name] as? [Any])) {
          try expectEqual(row.dropFirst().map { ($0 as! NSNumber).doubleValue }, means, tolerance: 1e-12, name)
        }
        #expect(vis.columns.dropFirst().first == (more.contains("images.npy") || more[1] == "read" ? "0" : "airplane"))
      }
      try expectCounts(try ask("confusion", "S", "net.small.layer4.*"), expected["confusion"])
      guard more.contains("--images") else { continue }  // labels alone group the rows
      let classes = try ask("col-diff", "S", "net.small.layer3.*", "net.small.layer4.*", "--k", "60")
      try expectEqual(try classes.numbers("row_id").sorted(), expected["classes"], "col-diff of classes")
      #expect(classes.columns == ["row_id", "net.small.layer3.*", "net.small.layer4.*", "difference"])
    }
  }
}
