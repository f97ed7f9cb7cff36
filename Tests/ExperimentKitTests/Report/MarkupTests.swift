import Testing

@testable import ExperimentKit

struct MarkupTests {
  @Test("Text and attributes come out escaped, emoji and quotes included, and never open an element")
  func escaping() {
    let hostile = "<script>alert(\"1\")</script> & 'q' 🦊"
    let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;q&#39; 🦊"
    #expect(Markup.text(hostile).html == escaped)
    #expect(Markup.element("td", ["title": hostile], hostile).html == "<td title=\"\(escaped)\">\(escaped)</td>")
    #expect(Markup.text("a\u{0}b\u{1B}[31m\n").html == "a\u{FFFD}b\u{FFFD}[31m\n", "HTML has no control characters")
    // A combining mark must not hide the character before it from the escape.
    #expect(Markup.text("<\u{301}b>\u{301}").html == "&lt;\u{301}b&gt;\u{301}")
  }

  @Test("Markdown cells keep their text within the cell")
  func markdown() {
    #expect(MarkdownText.cell("a|b\n<img src=x> `c` *d* [e](f) @g &") == "a\\|b &lt;img src=x&gt; \\`c\\` \\*d\\* \\[e\\](f) &#64;g &amp;")
    #expect(MarkdownText.row(["STORE_ALL", "1"]) == "| STORE_ALL | 1 |\n")
  }
}
