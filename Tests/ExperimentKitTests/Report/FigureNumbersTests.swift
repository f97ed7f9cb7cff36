import Testing

@testable import ExperimentKit

struct FigureNumbersTests {
  private func tables(_ y: Axis, _ series: [BarSeries]) -> [FigureNumbers.Table] {
    let panel = Panel(title: "p", x: Axis("query"), y: y, .bars(categories: ["A", "B"], series))
    return FigureNumbers(Chart(title: "c", panels: [panel])).tables
  }

  @Test("Two series that the paper has too are compared as ratios within each machine")
  func pairs() throws {
    let table = try #require(
      tables(
        Axis("time (s)", .logarithmic, format: .seconds),
        [
          BarSeries("re-run", values: [10, 4]), BarSeries("re-run, paper", role: .paper(beside: "re-run"), values: [100, nil]),
          BarSeries("read", values: [2, 4]), BarSeries("read, paper", role: .paper(beside: "read"), values: [1, 5]),
        ]
      ).first)
    #expect(table.header == ["query", "re-run", "re-run, paper", "read", "read, paper", "re-run / read", "re-run / read, paper"])
    #expect(table.rows[0].cells.map { $0?.text } == ["10 s", "100 s", "2 s", "1 s", "5x", "100x"])
    #expect(table.rows[1].cells.map { $0?.text } == ["4 s", nil, "4 s", "5 s", "1x", nil])
  }

  @Test("One series is compared by its steps, and pure numbers as they are")
  func steps() throws {
    let series = [BarSeries("stored", values: [8, 2]), BarSeries("paper", role: .paper(beside: "stored"), values: [600, 100])]
    let bytes = try #require(tables(Axis("stored", format: .bytes), series).first)
    #expect(bytes.header.suffix(2) == ["stored, to the first", "stored, to the first, paper"])
    #expect(bytes.rows[1].cells.map { $0?.value } == [2, 100, 0.25, 100.0 / 600])
    #expect(tables(Axis("% of neighbours"), series).first?.header == ["query", "stored", "paper"])
  }

  @Test("Lines are read off at every place, and colours are left to the picture")
  func lines() throws {
    let panel = Panel(
      x: Axis("images"), y: Axis("time (s)", format: .seconds),
      .lines([
        LineSeries("read", points: [.init(x: 1000, y: 1), .init(x: 50, y: 2)]),
        LineSeries("read, paper", role: .paper(beside: "read"), points: [.init(x: 50_000, y: 9)], joined: false),
      ]))
    let map = Panel(x: Axis(""), y: Axis(""), .heatMap(HeatMap(rowLabels: ["a"], rows: [[1]])))
    let tables = FigureNumbers(Chart(title: "c", panels: [panel, map])).tables
    #expect(tables.count == 1)
    #expect(tables[0].rows.map(\.name) == ["50", "1,000", "50,000"] && tables[0].header == ["images", "read", "read, paper"])
    #expect(tables[0].rows[0].cells.map { $0?.value } == [2, nil])
  }
}
