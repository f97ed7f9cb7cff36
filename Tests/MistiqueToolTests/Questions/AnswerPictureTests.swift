import Foundation
import TestSupport
import Testing

/// `--plot`, where gnuplot is installed, and where it is not.
struct AnswerPictureTests {
  private static let hasGnuplot = (try? Command.run(["gnuplot", "--version"]).status) == 0

  @Test("Every question draws its answer as SVG or PNG", .enabled(if: hasGnuplot))
  func pictures() throws {
    let homes = try QuestionFixture.homes()
    let questions = [
      ["topk", "p.m.read.price"], ["knn", "p.m.read.*", "--row", "5"], ["col-dist", "p.m.read.price"],
      ["col-diff", "p.m.read.p0", "p.m.read.p1"], ["col-diff", "p.m.read.p0", "p.m.read.p1", "--by", "p.m.read.kind"],
      ["row-diff", "p.m.votes.*", "--rows", "5,9"], ["corr", "p.m.read.price", "p.m.read.*"], ["svcca", "p.m.sides.*", "p.m.votes.*"],
      ["vis", "p.m.read.*", "--by", "p.m.read.kind"], ["confusion", "p.m.read.guess", "--by", "p.m.read.kind"],
      ["explain", "p.m.scaled.*", "--data", "data"],
    ]
    for (place, question) in questions.enumerated() {
      let file = homes.folder.url.appendingPathComponent("picture.\(place % 2 == 0 ? "svg" : "png")")
      let result = try homes.run([question[0], "S"] + question.dropFirst() + ["--plot", file.lastPathComponent])
      try #require(result.status == 0, "\(question): \(result.errors)")
      #expect(!result.output.isEmpty, "the answer is written too")
      let bytes = try Data(contentsOf: file)
      #expect(place % 2 == 0 ? bytes.starts(with: Data("<?xml".utf8)) : bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(question)")
      if place % 2 == 0 { #expect(String(decoding: bytes, as: UTF8.self).contains("mistique \(question[0])")) }
      try FileManager.default.removeItem(at: file)
    }
    let network = try QuestionFixture.network()
    for question in [
      ["vis", "net.small.layer2.*"], ["vis", "net.small.layer2.*", "--map", "mean"], ["confusion", "net.small.layer4.*"],
      ["topk", "net.small.layer1.n2"], ["svcca", "net.small.layer2.*", "net.small.layer4.*"],
    ] {
      let result = try network.run([question[0], "S"] + question.dropFirst() + ["--images", ".", "--plot", "picture.png"])
      #expect(result.status == 0, "\(question): \(result.errors)")
      #expect(try Data(contentsOf: network.folder.url.appendingPathComponent("picture.png")).count > 10_000)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: homes.folder.path).allSatisfy { !$0.contains("answer") })
  }

  @Test("Without gnuplot the answer is there, and the error says what to install")
  func noGnuplot() throws {
    let fixture = try QuestionFixture.homes()
    let result = try fixture.run(["topk", "S", "p.m.read.price", "--plot", "a.svg"], environment: ["PATH": "/nonexistent"])
    #expect(result.status == 1 && result.errors.contains("Install gnuplot"), "\(result.errors)")
    #expect(result.output.contains("row_id"))
    #expect(!FileManager.default.fileExists(atPath: fixture.path("a.svg")))
  }
}
