import Foundation
import Testing

@testable import ExperimentKit

struct FigureSVGTests {
  private func figure(_ content: String, size: String = "width=\"1600\" height=\"900\"") throws -> FigureSVG {
    try FigureSVG(
      Array("<?xml version=\"1.0\"?>\n<svg \(size) viewBox=\"0 0 1600 900\">\(content)</svg>\n".utf8), prefix: "one", title: "A <b> & c",
      file: "one.svg")
  }

  @Test("Names within a figure become its own, and its colours the page's")
  func names() throws {
    let figure = try figure(
      """
      <title>Gnuplot</title><defs><pattern id='gpPat1'><path style='fill:none; stroke:rgb(0,114,178)' d='M0,0'/></pattern></defs>
      <polygon  fill = 'url(#gpPat1)' points = '1,2 '/><use xlink:href='#gpPt5' color='rgb(  0, 158, 115)'/>
      <text xml:space="preserve">a &lt; b &amp; c</text>
      """)
    #expect(figure.width == 1600 && figure.height == 900)
    #expect(figure.html.contains("<pattern id=\"one-gpPat1\">") && figure.html.contains("fill=\"url(#one-gpPat1)\""))
    #expect(figure.html.contains("href=\"#one-gpPt5\" style=\"color:var(--fig-2)\"") && figure.html.contains("stroke:var(--fig-0)"))
    #expect(figure.html.contains(">a &lt; b &amp; c</text>") && !figure.html.contains("Gnuplot"))
    #expect(figure.html.hasPrefix("<svg ") && figure.html.contains("aria-label=\"A &lt;b&gt; &amp; c\""))
  }

  @Test(
    "What gnuplot does not write is refused",
    arguments: [
      "<script>alert(1)</script>", "<foreignObject/>", "<image href='http://example.org/a.png'/>", "<a/>", "<path onclick='x()'/>",
      "<use xlink:href='other.svg#a'/>", "<path fill='url(http://example.org/#a)'/>", "<path style='fill:URL(//example.org)'/>",
      "<g>", "</g>", "<path d=1/>", "<path d='1", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<",
    ])
  func hostile(_ content: String) {
    #expect {
      try figure(content)
    } throws: { error in
      if case FigureError.badPicture("one.svg", _)? = error as? FigureError { true } else { false }
    }
  }

  @Test("Text that only looks like an entity or a tag stays text")
  func text() throws {
    let figure = try figure("<text>&lt;script&gt; &bogus; \"q\" &#60;</text><g class='a' d='&quot;&gt;&lt;b'/>")
    #expect(figure.html.contains("<text>&lt;script&gt; &amp;bogus; &quot;q&quot; &#60;</text>"))
    #expect(figure.html.contains("d=\"&quot;&gt;&lt;b\""))
  }

  @Test(
    "A figure without a size, or with one that is none, is refused",
    arguments: ["", "width=\"0\" height=\"9\"", "width=\"1e9\" height=\"9\""])
  func sizes(_ size: String) {
    #expect(throws: FigureError.self) { try figure("<g/>", size: size) }
  }

  @Test("A picture of pixels says its size, and is refused when it is none")
  func pixels() throws {
    let file =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 6, 64, 0, 0, 3, 132, 8, 2, 0, 0]
    let figure = try FigureSVG(png: file, title: "t", file: "a.png")
    #expect(figure.width == 1600 && figure.height == 900 && figure.html.contains("href=\"data:image/png;base64,iVBORw0KGgo"))
    #expect(throws: FigureError.self) { try FigureSVG(png: Array(file.prefix(20)), title: "t", file: "a.png") }
    #expect(throws: FigureError.self) { try FigureSVG(png: Array("GIF89a".utf8) + file, title: "t", file: "a.png") }
  }
}
