import Foundation

/// Turns a chart into four files: data (`.dat`), a script that draws it by itself (`.gp`), and the two pictures (`.svg`, `.png`).
///
/// Owns the files of one figure at a time. Never reads rows.
package struct FigureRenderer: Sendable {
  /// gnuplot's name in PATH, or its path.
  package let gnuplot: String

  package init(gnuplot: String = "gnuplot") {
    self.gnuplot = gnuplot
  }

  /// Draws `chart` and puts its files into `folder`, each whole. Returns the pictures.
  ///
  /// The files are made in a folder of their own and moved only when both pictures are good. Throws: `FigureError`, `FileError`.
  @discardableResult
  package func render(_ chart: Chart, named name: String, stamp: FigureStamp, into folder: URL) throws -> [URL] {
    guard PlainName.isOne(name) else { throw FigureError.badName(name) }
    let drawing = try Drawing(chart, name: name, stamp: stamp)
    let workshop = folder.appendingPathComponent(".\(name).drawing", isDirectory: true)
    try AtomicFile.remove(workshop)
    try AtomicFile.createDirectory(workshop)
    defer { try? AtomicFile.remove(workshop) }

    try AtomicFile.write(Array(drawing.data.utf8), to: workshop.appendingPathComponent("\(name).dat"))
    try AtomicFile.write(Array(drawing.script.utf8), to: workshop.appendingPathComponent("\(name).gp"))
    try Gnuplot(executable: gnuplot).run(drawing.script, in: workshop, figure: name)
    let pictures = ["\(name).svg", "\(name).png"]
    for picture in pictures { try check(workshop.appendingPathComponent(picture)) }
    // The script last: a picture counts as that of the script beside it.
    for file in pictures + ["\(name).dat", "\(name).gp"] {
      try AtomicFile.write(AtomicFile.read(workshop.appendingPathComponent(file)), to: folder.appendingPathComponent(file))
    }
    return pictures.map(folder.appendingPathComponent)
  }

  /// gnuplot reports a full disk with status 0, so the pictures are looked at: begin, end and a plausible size.
  private func check(_ picture: URL) throws {
    let name = picture.lastPathComponent
    guard AtomicFile.exists(picture) else { throw FigureError.badPicture(name, problem: "was not made") }
    let bytes = try AtomicFile.read(picture)
    guard bytes.count >= 1000 else { throw FigureError.badPicture(name, problem: "has only \(bytes.count) bytes") }
    if picture.pathExtension == "png" {
      guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
        throw FigureError.badPicture(name, problem: "is not a PNG file")
      }
      guard bytes.suffix(8).starts(with: Array("IEND".utf8)) else { throw FigureError.badPicture(name, problem: "is cut off") }
    } else {
      guard bytes.starts(with: Array("<?xml".utf8)) else { throw FigureError.badPicture(name, problem: "is not an SVG file") }
      let tail = String(decoding: bytes.suffix(64), as: UTF8.self)
      guard tail.contains("</svg>") else { throw FigureError.badPicture(name, problem: "is cut off") }
    }
  }
}
