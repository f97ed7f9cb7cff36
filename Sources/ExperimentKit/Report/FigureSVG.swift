import Foundation

/// A figure that gnuplot drew, as a part of a page: its names are its own, its colours are the page's, and nothing in it runs or is fetched.
///
/// Only elements and attributes that gnuplot writes for our charts are let through; anything else is an error and not dropped, because then the file is not
/// what the renderer made.
struct FigureSVG: Sendable, Equatable {
  /// The `svg` element.
  let html: String
  let width: Int
  let height: Int

  private static let elements: Set<String> = [
    "svg", "g", "defs", "path", "rect", "circle", "polygon", "polyline", "line", "text", "tspan", "use", "pattern", "filter", "feFlood",
    "feComposite", "clipPath",
  ]
  /// Names of parts, shown by browsers as tips: `gnuplot_plot_3a` helps nobody.
  private static let dropped: Set<String> = ["title", "desc"]

  /// - Parameters:
  ///   - prefix: put before every name in the figure, so that the figures of a page do not share them.
  ///   - title: said to those who do not see the figure.
  /// - Throws: `FigureError.badPicture` naming `file`.
  init(_ bytes: [UInt8], prefix: String, title: String, file: String) throws {
    do {
      guard let text = String(validating: bytes, as: UTF8.self) else { throw SVGReader.Problem(text: "is not UTF-8") }
      var writer = Writer(prefix: prefix, title: title)
      try writer.copy(text)
      guard let size = writer.size else { throw SVGReader.Problem(text: "states no size") }
      (html, width, height) = (writer.html, size.width, size.height)
    } catch let problem as SVGReader.Problem {
      throw FigureError.badPicture(file, problem: problem.text)
    }
  }

  private struct Writer {
    let prefix: String
    let title: String
    var html = ""
    var size: (width: Int, height: Int)?
    private var open: [String] = []

    init(prefix: String, title: String) {
      self.prefix = prefix
      self.title = title
    }

    mutating func copy(_ text: String) throws {
      var reader = SVGReader(text)
      while let piece = try reader.next() {
        switch piece {
        case .text(let text):
          guard let last = open.last, !FigureSVG.dropped.contains(last) else { continue }
          if last == "text" || last == "tspan" {
            html += Self.escaped(text)
          } else if text.contains("\n"), html.last != "\n" {
            html += "\n"
          }
        case .close(let name):
          guard open.popLast() == name else { throw SVGReader.Problem(text: "closes <\(name)> where it is not open") }
          if !FigureSVG.dropped.contains(name) { html += "</\(name)>" }
        case .open(let name, let attributes, let isEmpty):
          if !isEmpty { open.append(name) }
          guard !FigureSVG.dropped.contains(name) else { continue }
          guard FigureSVG.elements.contains(name) else { throw SVGReader.Problem(text: "holds the element <\(name)>") }
          if name == "svg" {
            try begin(attributes)
          } else {
            html += "<\(name)" + (try attributes.map(written).joined()) + (isEmpty ? "/>" : ">")
          }
        }
      }
      guard open.isEmpty, size != nil else { throw SVGReader.Problem(text: "is cut off") }
    }

    private mutating func begin(_ attributes: [SVGReader.Attribute]) throws {
      func number(_ name: String) -> Int? { attributes.first { $0.name == name }.flatMap { Int($0.value) } }
      guard size == nil, let width = number("width"), let height = number("height"), (1...100_000).contains(width),
        (1...100_000).contains(height)
      else { throw SVGReader.Problem(text: "states no size") }
      size = (width, height)
      html += Self.openTag(width: width, height: height, title: title)
    }

    static func openTag(width: Int, height: Int, title: String) -> String {
      let label = Markup.text(title).html
      return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" "
        + "role=\"img\" aria-label=\"\(label)\">"
    }

    private func written(_ attribute: SVGReader.Attribute) throws -> String {
      let name = attribute.name
      let value = String(attribute.value)
      guard !name.lowercased().hasPrefix("on") else { throw SVGReader.Problem(text: "holds the attribute '\(name)'") }
      switch name {
      case "id": return " id=\"\(prefix)-\(Self.escaped(value))\""
      case "href", "xlink:href":
        guard value.hasPrefix("#") else { throw SVGReader.Problem(text: "refers to something outside of itself") }
        return " href=\"#\(prefix)-\(Self.escaped(value.dropFirst()))\""
      case "fill", "stroke", "color":
        if let colour = PageColour.named(value) { return " style=\"\(name):\(colour)\"" }
        return " \(name)=\"\(try local(value))\""
      case "style": return " style=\"\(try local(PageColour.replacing(in: value)))\""
      case "xmlns", "class": return ""
      default: return name.hasPrefix("xmlns:") ? "" : " \(name)=\"\(try local(value))\""
      }
    }

    /// The value with references to parts of the figure renamed, and no others.
    private func local(_ value: String) throws -> String {
      let renamed = value.replacing("url(#", with: "url(\u{1}")
      guard !renamed.contains("url(#"), !renamed.replacing("url(\u{1}", with: "").lowercased().contains("url("),
        !renamed.lowercased().contains("@import")
      else { throw SVGReader.Problem(text: "refers to something outside of itself") }
      return Self.escaped(renamed.replacing("\u{1}", with: "#\(prefix)-"))
    }

    /// Keeps the entities that XML knows, and escapes every other character that could be markup.
    private static func escaped(_ text: some StringProtocol) -> String {
      guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return String(text) }
      var result = ""
      var rest = String(text)[...]
      while let character = rest.first {
        if character == "&", let entity = rest.prefixMatch(of: /&(amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});/) {
          result += entity.output.0
          rest = rest[entity.range.upperBound...]
        } else {
          result += Markup.text(String(character)).html
          rest.removeFirst()
        }
      }
      return result
    }
  }

  /// A figure of pixels, such as a heat map of thousands of cells, with the picture itself inside: as rectangles it would take megabytes.
  init(png bytes: [UInt8], title: String, file: String) throws {
    guard bytes.count > 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), bytes[12..<16].elementsEqual(Array("IHDR".utf8)) else {
      throw FigureError.badPicture(file, problem: "is not a PNG file")
    }
    func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    (width, height) = (number(at: 16), number(at: 20))
    guard (1...100_000).contains(width), (1...100_000).contains(height) else {
      throw FigureError.badPicture(file, problem: "states no size")
    }
    html =
      Writer.openTag(width: width, height: height, title: title)
      + "<image width=\"\(width)\" height=\"\(height)\" href=\"data:image/png;base64,\(Data(bytes).base64EncodedString())\"/></svg>"
  }
}
