import Foundation

extension FigureRenderer {
  /// The most bytes that a figure takes in a page as shapes. Heat maps and photographs would take megabytes and are put there as pixels.
  private static let mostBytesOfShapes = 300_000

  /// A figure for a page: the pictures in `folder` where they are of the same script and data, or else new ones.
  ///
  /// Throws: as `render` does.
  func drawing(of chart: Chart, named name: String, stamp: FigureStamp, drawnIn folder: URL) throws -> FigureSVG {
    if let drawn = try existing(chart, named: name, stamp: stamp, in: folder) { return drawn }
    let workshop = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID().uuidString)", isDirectory: true)
    try AtomicFile.createDirectory(workshop)
    defer { try? AtomicFile.remove(workshop) }
    try render(chart, named: name, stamp: stamp, into: workshop)
    return try read(name, in: workshop, title: chart.title)
  }

  private func existing(_ chart: Chart, named name: String, stamp: FigureStamp, in folder: URL) throws -> FigureSVG? {
    guard PlainName.isOne(name) else { throw FigureError.badName(name) }
    let files = ["gp", "dat", "svg", "png"].map { folder.appendingPathComponent("\(name).\($0)") }
    guard files.allSatisfy(AtomicFile.exists) else { return nil }
    let drawing = try Drawing(chart, name: name, stamp: stamp)
    guard try AtomicFile.read(files[0]) == Array(drawing.script.utf8), try AtomicFile.read(files[1]) == Array(drawing.data.utf8) else {
      return nil
    }
    // A picture that was damaged since is drawn again.
    return try? read(name, in: folder, title: chart.title)
  }

  private func read(_ name: String, in folder: URL, title: String) throws -> FigureSVG {
    let shapes = try AtomicFile.read(folder.appendingPathComponent("\(name).svg"))
    guard shapes.count > Self.mostBytesOfShapes else { return try FigureSVG(shapes, prefix: name, title: title, file: "\(name).svg") }
    return try FigureSVG(png: AtomicFile.read(folder.appendingPathComponent("\(name).png")), title: title, file: "\(name).png")
  }
}
