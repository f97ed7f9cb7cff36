import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// The table of encodings.
@Suite struct FrameEncodingsTests {
  @Test("Every encoding has a tag of its own, and no tag of an earlier version is missing")
  func tags() {
    let tags = FrameEncodings.all.map(\.tag)
    #expect(Set(tags).count == tags.count)
    // Format version 1 began with these; stores hold them. The list grows and never changes.
    let earlier: [UInt8: String] = [
      0: "PlainEncoding", 1: "GzipEncoding", 2: "ZstdEncoding", 3: "FloatEncoding float32", 4: "FloatEncoding float16",
      5: "FloatEncoding codes", 6: "WordEncoding 1", 7: "WordEncoding 2", 8: "WordEncoding 4", 9: "WordEncoding 8", 10: "TextEncoding",
      11: "DifferenceEncoding",
    ]
    for (tag, name) in earlier {
      let encoding = FrameEncodings.all.first { $0.tag == tag }
      let parameter = (encoding as? FloatEncoding).map { " \($0.element)" } ?? (encoding as? WordEncoding).map { " \($0.wordBytes)" } ?? ""
      #expect(encoding.map { "\(type(of: $0))\(parameter)" } == name)
    }
  }

  @Test("The page Format lists the tags of the table, and no others")
  func format() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources/MistiqueStorage/MistiqueStorage.docc/Format.md").standardized
    let section = try #require(try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n## Frame encodings\n").last)
    let listed = section.components(separatedBy: "\nThe encoding says").first?.split(separator: "\n").compactMap { line in
      line.hasPrefix("    ") ? line.split(separator: " ").first.flatMap { UInt8($0) } : nil
    }
    #expect(listed == (FrameEncodings.all.map(\.tag) + [LadderEncoding.tag]).sorted())
  }

  @Test("A tag that no encoding has is refused by its number")
  func unknownTags() {
    let known = Set(FrameEncodings.all.map(\.tag))
    for tag in UInt8.min...UInt8.max where !known.contains(tag) {
      #expect {
        try SampleFrame.decoded((tag, [0]), count: 1)
      } throws: {
        ($0 as? StoreError)?.code == .unsupportedVersion && "\($0)".contains("encoding \(tag),")
      }
    }
  }
}
