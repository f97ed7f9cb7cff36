import Foundation
import Testing

@testable import ExperimentKit

struct FigureTests {
  let folder: TemporaryFolder
  let renderer = FigureRenderer()

  init() throws {
    folder = try TemporaryFolder()
  }

  private func stamp(_ data: DataSource = .generated("seeded bytes", files: [])) throws -> FigureStamp {
    try Sample.provenance(data: data).stamp
  }

  private func draw(_ chart: Chart, named name: String = "figure", gnuplot: FigureRenderer? = nil) throws {
    try (gnuplot ?? renderer).render(chart, named: name, stamp: stamp(), into: folder.url)
  }

  private func text(_ file: String) throws -> String { try contents(of: folder.url.appendingPathComponent(file)) }

  private func chart(_ content: Panel.Content, y: Axis = Axis("y")) -> Chart {
    Chart(title: "T", panels: [Panel(x: Axis("x"), y: y, content)])
  }

  @Test("A figure of every kind is drawn as SVG and PNG", arguments: Gallery.all.map(\.name))
  func gallery(name: String) throws {
    let chart = try #require(Gallery.all.first { $0.name == name }?.chart)
    let target = ProcessInfo.processInfo.environment["EXPERIMENTKIT_GALLERY"].map { URL(fileURLWithPath: $0) } ?? folder.url
    let data: DataSource =
      name == "queries" ? .real("CIFAR-10, 20,000 training images", files: []) : .generated("Zillow-like, seed 2018", files: [])
    let pictures = try renderer.render(chart, named: name, stamp: stamp(data), into: target)
    #expect(pictures.map(\.pathExtension) == ["svg", "png"])
    let svg = try contents(of: pictures[0])
    #expect(svg.contains(name == "queries" ? "real data: CIFAR-10" : "generated data: Zillow-like"))
    #expect(!svg.contains("xlink:href=\"") || !svg.contains(".png"), "the SVG stands alone")
  }

  @Test("A figure of generated data says so on its face, with commit and scale")
  func stamped() throws {
    try draw(Gallery.linear)
    for file in ["figure.gp", "figure.svg"] {
      let content = try text(file)
      #expect(content.contains("generated data: seeded bytes"))
      #expect(content.contains("commit abababab, changed") && content.contains("scale smoke"))
    }
    #expect(try text("figure.gp").contains("textcolor rgb '#D55E00'"))
  }

  @Test("What a figure's data are is wrapped where it is longer than the page is wide, and the legend moves down by its lines")
  func longStamp() throws {
    let words = (0..<60).map { "part\($0)" }
    let drawing = try Drawing(Gallery.linear, name: "figure", stamp: stamp(.generated(words.joined(separator: " "), files: [])))
    let lines = drawing.script.split(separator: "\n").filter { $0.contains("textcolor rgb '#D55E00'") }
    #expect(lines.count == 4 && lines.allSatisfy { $0.count < 240 })
    #expect(words.allSatisfy { word in lines.contains { $0.contains(word) } })
    let short = PageLayout(Gallery.linear, legend: [], stamp: "short")
    let long = PageLayout(Gallery.linear, legend: [], stamp: words.joined(separator: " "))
    #expect(long.legendTop > short.legendTop && long.cells[0].top > short.cells[0].top)
  }

  @Test("A figure is drawn again by its script alone, to the same bytes")
  func standalone() throws {
    try draw(Gallery.storage)
    let before = (try text("figure.svg"), try Data(contentsOf: folder.url.appendingPathComponent("figure.png")))
    for file in ["figure.svg", "figure.png"] { try FileManager.default.removeItem(at: folder.url.appendingPathComponent(file)) }
    let result = try ToolProcess.run("gnuplot", ["figure.gp"], in: folder.url)
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    #expect(try text("figure.svg") == before.0)
    #expect(try Data(contentsOf: folder.url.appendingPathComponent("figure.png")) == before.1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 4, "no workshop is left behind")
  }

  @Test("A figure shows quotes, braces, dollars and underscores as they are, and runs nothing")
  func hostileText() throws {
    let nasty = "a'b \"c\" {d} $e @f `touch pwned` #g \\n h_i ^j 🔬\nk"
    let bars = Panel.Content.bars(categories: [nasty, "b"], [BarSeries(nasty, values: [1, 2])])
    let hostile = Chart(title: nasty, panels: [Panel(title: nasty, x: Axis(nasty), y: Axis(nasty), bars)], notes: [nasty])
    try draw(hostile)
    let svg = try text("figure.svg")
    #expect(svg.contains("{d} $e @f `touch pwned` #g \\n h_i ^j"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("pwned").path))
  }

  @Test("A figure keeps the old picture when the new one fails")
  func keepsOld() throws {
    try draw(Gallery.linear)
    let before = try text("figure.svg")
    #expect(throws: FigureError.self) { try draw(Gallery.stacked, gnuplot: FigureRenderer(gnuplot: "false")) }
    #expect(try text("figure.svg") == before)
  }

  @Test("A figure reports gnuplot's own message about a bad command")
  func gnuplotMessage() throws {
    #expect {
      try Gnuplot(executable: "gnuplot").run("plto sin(x)\nset xrange [0:1]\n", in: folder.url, figure: "fig6")
    } throws: { error in
      guard case .gnuplotFailed("fig6", let status, let messages) = error as? FigureError else { return false }
      return status != 0 && messages.contains("invalid command") && "\(error)".contains("plto")
    }
  }

  @Test("A figure reports a gnuplot that is missing, dies at once, or makes no picture")
  func badGnuplot() throws {
    #expect {
      try draw(Gallery.linear, gnuplot: FigureRenderer(gnuplot: "gnuplot-not-there"))
    } throws: { "\($0)".contains("Cannot start 'gnuplot-not-there'") && "\($0)".contains("Install gnuplot") }
    #expect {
      try draw(Gallery.linear, gnuplot: FigureRenderer(gnuplot: "false"))
    } throws: { "\($0)".contains("failed on figure with status 1") }
    #expect {
      try draw(Gallery.linear, gnuplot: FigureRenderer(gnuplot: "true"))
    } throws: { "\($0)".contains("figure.svg was not made") }
    let killed = try folder.write("#!/bin/sh\nkill -9 $$\n", to: "killed.sh")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: killed.path)
    #expect { try draw(Gallery.heat, gnuplot: FigureRenderer(gnuplot: killed.path)) } throws: { "\($0)".contains("status 137") }
  }

  private func dot(_ pixels: [UInt32] = [0xFF0000, 0x0A0B0C, 0, 1], width: Int = 2) -> PictureRows.Picture {
    PictureRows.Picture(caption: "dot", width: width, pixels: pixels)
  }

  @Test("Pictures keep their colours, their places and their captions, each pixel a square of its own")
  func pictures() throws {
    let first = dot([0xFF0000, 0x00FF00, 0x0000FF, 0x123456])
    try draw(chart(.pictures(PictureRows(rowLabels: ["n35"], rows: [[first, dot()]]))))
    let data = try text("figure.dat")
    #expect(data.contains("0.5 0.5 255 0 0\n1.5 0.5 0 255 0\n0.5 1.5 0 0 255\n1.5 1.5 18 52 86\n"))
    let svg = try text("figure.svg")
    #expect(svg.contains("dot") && svg.contains("n35"))
    for colour in ["rgb(255,   0,   0)", "rgb( 18,  52,  86)", "rgb( 10,  11,  12)"] { #expect(svg.contains(colour), "\(colour)") }
  }

  @Test("A marked bar carries the mark beside its value, the others do not")
  func marks() throws {
    let marked = chart(.bars(categories: ["a", "b"], [BarSeries("s", values: [1, 2], marked: [false, true])]))
    let data = try Drawing(marked, name: "figure", stamp: try stamp()).data
    #expect(data.contains("\"\(BarSeries.mark) 2\"") && data.contains("\"1\""))
  }

  @Test("A figure refuses what it cannot show")
  func badCharts() throws {
    let cases: [(Chart, String)] = [
      (chart(.bars(categories: ["a"], [BarSeries("s", values: [0])]), y: Axis("bytes", .logarithmic)), "logarithmic axis 'bytes'"),
      (chart(.bars(categories: ["a", "b"], [BarSeries("s", values: [1])])), "1 values for 2 categories"),
      (chart(.bars(categories: ["a", "b"], [BarSeries("s", values: [1, 2], marked: [true])])), "1 marks for 2 categories"),
      (chart(.bars(categories: ["a"], [BarSeries("s", values: [.nan])])), "is nan"),
      (chart(.bars(categories: ["a"], [BarSeries("s", values: [nil])])), "no value to show"),
      (chart(.lines([LineSeries("s", points: [])])), "no points"),
      (chart(.bars(categories: ["a"], [BarSeries("p", role: .paper(beside: "x"), values: [1])])), "belongs to 'x'"),
      (chart(.bars(categories: ["a"], (0..<9).map { BarSeries("\($0)", values: [1]) })), "9 series"),
      (chart(.heatMap(HeatMap(rowLabels: ["a", "b"], rows: [[1, 2], [3]]))), "differ in length"),
      (chart(.heatMap(HeatMap(rowLabels: ["a"], columnLabels: ["x"], rows: [[1, 2]]))), "1 labels for 2 columns"),
      (chart(.stackedBars(categories: ["a"], [BarSeries("s", values: [1])]), y: Axis("y", .logarithmic)), "linear"),
      (chart(.pictures(PictureRows(rowLabels: [], rows: []))), "pictures is empty"),
      (chart(.pictures(PictureRows(rowLabels: ["a"], rows: [[]]))), "pictures is empty"),
      (chart(.pictures(PictureRows(rowLabels: ["a", "b"], rows: [[dot()]]))), "2 labels for 1 rows"),
      (chart(.pictures(PictureRows(rowLabels: ["a"], rows: [[dot(width: 3)]]))), "4 pixels for two rows or more of 3"),
      (chart(.pictures(PictureRows(rowLabels: ["a"], rows: [[dot(width: 0)]]))), "4 pixels for two rows or more of 0"),
      (chart(.pictures(PictureRows(rowLabels: ["a"], rows: [[dot([0, 0, 0, 0x100_0000])]]))), "has the colour 16777216"),
    ]
    for (chart, words) in cases { #expect { try draw(chart) } throws: { "\($0)".contains(words) } }
    #expect(throws: FigureError.badName("../x")) { try draw(Gallery.linear, named: "../x") }
  }
}
