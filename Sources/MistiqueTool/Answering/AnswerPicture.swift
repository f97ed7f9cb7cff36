import ExperimentKit
import Foundation

/// A chart drawn into a file.
struct AnswerPicture {
  private let chart: Chart
  private let stamp: FigureStamp

  init(_ answer: Answer) throws {
    var chart = try answer.chart()
    chart.notes += answer.notes
    self.chart = chart
    stamp = FigureStamp(label: answer.subject, footer: "mistique \(answer.question)")
  }

  /// - Throws: `FigureError` when it cannot be drawn, such as where gnuplot is missing; `QuestionError` when the file cannot be written.
  func write(to path: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mistique-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let pictures = try FigureRenderer().render(chart, named: "answer", stamp: stamp, into: folder)
    let kind = URL(fileURLWithPath: path).pathExtension.lowercased()
    let picture = pictures.first { $0.pathExtension == kind }!
    try OutputBytes.write([UInt8](try Data(contentsOf: picture)), to: path)
  }
}
