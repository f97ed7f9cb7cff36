import Foundation

/// A block of code in a Markdown page: fenced by ``` or indented by four spaces.
struct DocumentBlock: CustomStringConvertible {
  let page: String
  /// Of its first line of code, from 1.
  let line: Int
  /// What stands behind the fence; "indented" for a block without one.
  let language: String
  let lines: [String]

  var text: String { lines.joined(separator: "\n") + "\n" }
  var description: String { "\(page):\(line) (\(language.isEmpty ? "no language" : language)): \(lines.first ?? "")" }

  /// The blocks of a page, in order.
  static func all(of text: String, page: String) -> [DocumentBlock] {
    let lines = text.components(separatedBy: "\n")
    var blocks: [DocumentBlock] = []
    var place = 0
    while place < lines.count {
      let line = lines[place]
      let isAfterBlank = place == 0 || lines[place - 1].allSatisfy(\.isWhitespace)
      if line.hasPrefix("```") {
        let end = lines[(place + 1)...].firstIndex { $0.hasPrefix("```") } ?? lines.count
        blocks.append(.init(page: page, line: place + 2, language: String(line.dropFirst(3)), lines: Array(lines[(place + 1)..<end])))
        place = end + 1
      } else if line.hasPrefix("    "), isAfterBlank {
        var end = place
        while end < lines.count, lines[end].hasPrefix("    ") || lines[end].isEmpty { end += 1 }
        let code = lines[place..<end].map { String($0.dropFirst(4)) }.reversed().drop(while: \.isEmpty).reversed()
        blocks.append(.init(page: page, line: place + 1, language: "indented", lines: Array(code)))
        place = end
      } else {
        place += 1
      }
    }
    return blocks
  }

  /// `code` within the text that begins as a command does.
  static func inlineCommands(of text: String) -> [String] {
    let prose = text.components(separatedBy: "\n```").enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: "\n")
    return prose.matches(of: /`([^`\n]+)`/).map { String($0.1) }.filter { code in
      ["make ", "mistique ", "experiments "].contains { code.hasPrefix($0) }
    }
  }
}

/// README.md and every page of documentation, the libraries' and the experiments'.
enum Pages {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let all: [(name: String, text: String)] = {
    let sources = ["Sources", "Experiments"].flatMap { folder in
      FileManager.default.enumerator(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)?
        .compactMap { $0 as? URL }.filter { $0.pathExtension == "md" } ?? []
    }
    return ([root.appendingPathComponent("README.md")] + sources.sorted { $0.path < $1.path }).map { file in
      (file.lastPathComponent, (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }
  }()

  static let blocks = all.flatMap { DocumentBlock.all(of: $0.text, page: $0.name) }
}
