/// Small colour pictures side by side in rows, such as the images that most excite a neuron: one neuron per row.
package struct PictureRows: Sendable, Equatable {
  /// Pixels with a line of text below them.
  package struct Picture: Sendable, Equatable {
    package let caption: String
    package let width: Int
    /// `0xRRGGBB`, from the top left corner, row by row.
    package let pixels: [UInt32]

    package init(caption: String, width: Int, pixels: [UInt32]) {
      self.caption = caption
      self.width = width
      self.pixels = pixels
    }

    var height: Int { width > 0 ? pixels.count / width : 0 }
  }

  /// One label per row.
  package let rowLabels: [String]
  package let rows: [[Picture]]

  package init(rowLabels: [String], rows: [[Picture]]) {
    self.rowLabels = rowLabels
    self.rows = rows
  }

  /// What is wrong with it; nil when nothing is.
  var problem: String? {
    if rows.allSatisfy(\.isEmpty) { return "a panel of pictures is empty" }
    if rowLabels.count != rows.count { return "a panel of pictures has \(rowLabels.count) labels for \(rows.count) rows" }
    for picture in rows.joined() {
      // gnuplot has no images of fewer rows or columns than two.
      if picture.width < 2 || picture.height < 2 || picture.pixels.count % picture.width != 0 {
        return "picture '\(picture.caption)' has \(picture.pixels.count) pixels for two rows or more of \(picture.width), at least 2"
      }
      if let broken = picture.pixels.first(where: { $0 > 0xFFFFFF }) { return "picture '\(picture.caption)' has the colour \(broken)" }
    }
    return nil
  }
}

extension Drawing {
  /// Pixels between pictures, and below them for their captions, as shares of the largest picture.
  private static let gap = 0.14
  private static let captionHeight = 0.3

  /// All pictures share one scale, so that a pixel is a square of the same size everywhere.
  mutating func writePictures(_ panel: Panel, _ pictures: PictureRows, in cell: PageLayout.Rectangle) throws {
    if let problem = pictures.problem { throw bad(problem) }
    let all = pictures.rows.joined()
    let width = Double(all.map(\.width).max()!)
    let height = Double(all.map(\.height).max()!)
    let (stepX, stepY) = (width * (1 + Self.gap), height * (1 + Self.captionHeight))
    let area = plotArea(panel, in: cell)
    let columns = Double(pictures.rows.map(\.count).max()!)
    let scale = min(area.width / (columns * stepX), area.height / (Double(pictures.rows.count) * stepY))

    writeFrame(panel, area: area)
    add("unset grid; set border 0; unset xtics")
    // In the SVG as rectangles, because an image would be a second file beside it; the PNG would show seams between them.
    add("pieces = pass == 1 ? '' : 'pixels'")
    let tics = pictures.rowLabels.enumerated().map { "\(GnuplotText.tic($1)) \(Double($0) * stepY + height / 2)" }
    add("set ytics scale 0 (\(tics.joined(separator: ", "))) \(Self.font(12))")
    add("set xrange [0:\(area.width / scale)]; set yrange [\(area.height / scale):0]")
    var elements: [String] = []
    var captions: [String] = []
    for (row, line) in pictures.rows.enumerated() {
      for (column, picture) in line.enumerated() {
        let (left, top) = (Double(column) * stepX, Double(row) * stepY)
        let lines = picture.pixels.enumerated().map { place, colour in
          let (x, y) = (left + Double(place % picture.width) + 0.5, top + Double(place / picture.width) + 0.5)
          return "\(x) \(y) \(colour >> 16) \(colour >> 8 & 0xFF) \(colour & 0xFF)"
        }
        let block = addBlock("\(pictures.rowLabels[row]): \(picture.caption)", columns: "x y red green blue", lines: lines)
        elements.append("'\(name).dat' index \(block) using 1:2:3:4:5 with rgbimage @pieces notitle")
        let (x, y) = (left + Double(picture.width) / 2, top + Double(picture.height) + height * Self.captionHeight / 2)
        captions.append("\(x) \(y) \(GnuplotText.cell(picture.caption))")
      }
    }
    let block = addBlock("captions", columns: "x y text", lines: captions)
    elements.append("'\(name).dat' index \(block) using 1:2:3 with labels center \(Self.font(11)) textcolor rgb '\(Self.ink)' notitle")
    add("plot " + elements.joined(separator: ", \\\n  "))
  }
}
