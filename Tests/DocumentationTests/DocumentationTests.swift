import ConvolutionalNetworks
import Foundation
import TabularPipelines
import TestSupport
import Testing

/// Every block of code of README.md and of the documentation is what the programs, readers and libraries take.
struct DocumentationTests {
  /// Blocks that nothing can run, each with the reason. A block that is neither run nor here fails the tests.
  struct Illustration {
    let page: String
    let language: String
    /// How its first line begins; nil for all blocks of this kind on the page.
    var begin: String?
    let reason: String

    func covers(_ block: DocumentBlock) -> Bool {
      page == block.page && language == block.language && begin.map { block.lines.first?.hasPrefix($0) ?? false } ?? true
    }
  }

  static let illustrations = [
    Illustration(
      page: "README.md", language: "indented", begin: "Sources/MistiqueStorage  ", reason: "the layout of the sources, held by layout()"),
    Illustration(page: "Format.md", language: "indented", reason: "layouts of bytes, which read_store.py reads stores by"),
    Illustration(page: "Architecture.md", language: "indented", reason: "dependencies of the targets, and the formula of gamma"),
    Illustration(page: "Planning.md", language: "indented", reason: "the parts that a prediction is made of"),
    Illustration(page: "Encodings.md", language: "indented", reason: "formulas and layouts of bytes"),
    Illustration(page: "EncodingsOfColumns.md", language: "indented", reason: "formulas and layouts of bytes"),
    Illustration(page: "Similarity.md", language: "indented", reason: "formulas"),
    Illustration(page: "YourData.md", language: "python", reason: "the arrays of the example; YourDataPageTests runs it"),
    Illustration(page: "Interface.md", language: "indented", reason: "the order of calls for a group of rows, which the C program keeps"),
    Illustration(page: "Python.md", language: "python", reason: "run by Tests/PythonMistiqueTests/test_page.py"),
    Illustration(page: "Pipelines.md", language: "", reason: "errors as they are told; WalkThroughTests provokes the first"),
  ]

  private static func isCommandBlock(_ block: DocumentBlock) -> Bool {
    block.language == "console" || block.language == "sh"
      || block.language == "indented" && block.lines.contains { CommandLine($0).isCommand }
  }

  @Test("There are pages, and blocks of every kind on them")
  func pages() {
    #expect(Pages.all.count >= 12 && Pages.all.allSatisfy { !$0.text.isEmpty })
    #expect(Set(Pages.blocks.map(\.language)).isSuperset(of: ["swift", "yaml", "console", "indented"]))
    #expect(Pages.blocks.filter(Self.isCommandBlock).count >= 10)
  }

  @Test("Every block is run by a test or declared as an illustration")
  func everyBlock() {
    for block in Pages.blocks where !["swift", "yaml"].contains(block.language) && !Self.isCommandBlock(block) {
      #expect(
        Self.illustrations.contains { $0.covers(block) },
        "\(block): nothing runs this block. Make it yaml, swift, console or commands, or declare it as an illustration with a reason.")
    }
  }

  @Test("Every command's program, flags and arguments are there", arguments: Pages.blocks.filter(isCommandBlock))
  func commands(block: DocumentBlock) throws {
    let isTranscript = block.language == "console"
    for line in block.lines where !line.isEmpty && (!isTranscript || line.hasPrefix("$ ")) {
      let command = CommandLine(line)
      guard !command.words.isEmpty else { continue }  // a comment
      guard command.isCommand else {
        Issue.record("\(block): '\(line)' is none of \(CommandLine.names.joined(separator: ", "))")
        continue
      }
      #expect(throws: Never.self, "\(block)") { try command.check() }
    }
  }

  @Test("--help of every command explains it and shows commands that are there", arguments: ["mistique", "experiments"])
  func help(program: String) throws {
    let body = try Program.named(program).command
    let commands = (body.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
    #expect(commands.count >= 8)
    for command in [body] + commands {
      let examples = (command.discussion ?? "").split(separator: "\n").filter { $0.hasPrefix("  \(program) ") }
      #expect(!examples.isEmpty, "\(program) \(command.commandName) shows no example")
      for example in examples {
        let line = String(example.dropFirst(2)).replacing(/\s{2,}.*$/, with: "")
        #expect(throws: Never.self, "\(command.commandName): \(line)") { try CommandLine(line).check() }
      }
    }
  }

  @Test("What is not there is noticed")
  func canary() {
    for line in [
      "mistique fetch Store", "mistique get Store --nothing", "mistique get Store", "mistique log p.yaml --data folder",
      "mistique models A B",
      "experiments run --scale huge 5a", "make nothing", "make bench FLAGS=\"--nothing\"", "mistique get Store k --plan maybe",
    ] {
      #expect(throws: CommandLine.Mismatch.self, "\(line)") { try CommandLine(line).check() }
    }
    let unknown = DocumentBlock.all(of: "text\n\n```python\nprint(1)\n```\n\n    cargo build\n", page: "README.md")
    #expect(
      unknown.count == 2 && !unknown.contains { block in Self.illustrations.contains { $0.covers(block) } || Self.isCommandBlock(block) })
  }

  @Test("Commands within the text are there too")
  func inlineCommands() {
    var count = 0
    for page in Pages.all {
      for code in DocumentBlock.inlineCommands(of: page.text) {
        count += 1
        #expect(throws: Never.self, "\(page.name): \(code)") { try CommandLine(code).check(isWhole: false) }
      }
    }
    #expect(count >= 8)
  }

  @Test("Every YAML block is a pipeline or a network that its reader takes", arguments: Pages.blocks.filter { $0.language == "yaml" })
  func yaml(block: DocumentBlock) throws {
    if block.lines.contains(where: { $0.hasPrefix("layers:") }) {
      _ = try NetworkDescription(yaml: block.text, origin: block.page).layers()
      return
    }
    let folder = TemporaryDirectory("yaml")
    let file = folder.url.appendingPathComponent("block.yaml")
    try Data(Self.whole(block).utf8).write(to: file)
    let template = try PipelineSpecification(contentsOf: file)
    for variant in [nil] + template.variants.map({ Optional($0.name) }) { _ = try Pipeline(template, variant: variant) }
  }

  /// A block of stages alone, with the stages that read what it takes: pages show parts of pipelines too.
  private static func whole(_ block: DocumentBlock) -> String {
    guard !block.lines.contains(where: { $0.hasPrefix("stages:") }) else { return block.text }
    let names = block.text.matches(of: /name: *([A-Za-z_]\w*)/).map { String($0.1) }
    let made = Set(names.flatMap { [$0, "\($0)_train", "\($0)_test"] })
    let taken = block.text.matches(of: /inputs: *\[([^\]]*)\]/).flatMap {
      $0.1.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    var seen: Set<String> = []
    let missing = taken.filter { !made.contains($0) && seen.insert($0).inserted }
    let readers = missing.map { "  - {name: \($0), transformer: ReadCSV, inputs: [\($0)_file]}\n" }.joined()
    let inputs = missing.map { "\($0)_file: \($0).csv" }.joined(separator: ", ")
    let stages = block.lines.map { "  \($0)" }.joined(separator: "\n")
    return "name: part\nproject: page\ninputs: {\(inputs)}\nstages:\n\(readers)\(stages)\n"
  }

  @Test("Every Swift block is a part of a test that is compiled and run", arguments: Pages.blocks.filter { $0.language == "swift" })
  func swift(block: DocumentBlock) throws {
    if block.lines.first?.hasPrefix(".package(") == true { return try manifest(block) }
    let snippets = try Snippets.all()
    let code = Snippets.plain(block.lines)
    let near = snippets.max { Set($0.value).intersection(code).count < Set($1.value).intersection(code).count }
    #expect(
      snippets.values.contains(code),
      "\(block) is no snippet of these tests; the nearest is '\(near?.key ?? "none")':\n\((near?.value ?? []).joined(separator: "\n"))")
  }

  /// A line for somebody's Package.swift.
  private func manifest(_ block: DocumentBlock) throws {
    let folder = TemporaryDirectory("manifest")
    let text = """
      // swift-tools-version: 6.0
      import PackageDescription
      let package = Package(
        name: "yours",
        dependencies: [
      \(block.text)
        ],
        targets: [.executableTarget(name: "yours", dependencies: [.product(name: "Mistique", package: "mistique")])])
      """
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("Package.swift"))
    let result = try Command(["swift", "package", "dump-package"], in: folder.url).finish()
    #expect(result.status == 0 && result.output.contains("mistique"), "\(result.errors)")
    let own = try String(contentsOf: Pages.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    #expect(own.contains(".library(name: \"Mistique\""))
  }

  @Test("The layout names every folder of sources, and no other")
  func layout() throws {
    let block = try #require(Pages.blocks.first { $0.page == "README.md" && $0.lines.first?.hasPrefix("Sources/MistiqueStorage") == true })
    let named = Set(block.lines.compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0.hasPrefix("Sources/") })
    let folders = try FileManager.default.contentsOfDirectory(atPath: Pages.root.appendingPathComponent("Sources").path)
    // Doors to C libraries are a module map each.
    let doors = ["CZstd", "CZlib", "CXXHash", "COneDNN", "COpenMP", "COpenBLAS", "CXGBoost", "GnuplotStream"]
    #expect(named == Set(folders.filter { !doors.contains($0) && !$0.hasPrefix(".") }.map { "Sources/\($0)" }))
  }
}

/// The marked regions of the files of this folder.
enum Snippets {
  /// By name: the lines, without blank ones and without what they are indented by in the test. Regions of one name belong together.
  static func all() throws -> [String: [String]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    var snippets: [String: [String]] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix("Snippets.swift") {
      var (name, region): (String?, [String]) = (nil, [])
      for line in try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8).components(separatedBy: "\n") {
        let mark = line.trimmingCharacters(in: .whitespaces)
        if let match = mark.wholeMatch(of: /\/\/ \[snippet: (.*)\]/) {
          (name, region) = (String(match.1), [])
        } else if mark == "// [end]", let done = name {
          snippets[done, default: []] += plain(region)
          name = nil
        } else if name != nil {
          region.append(line)
        }
      }
    }
    return snippets
  }

  static func plain(_ lines: [String]) -> [String] {
    let code = lines.filter { !$0.allSatisfy(\.isWhitespace) }
    let indent = code.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return code.map { String($0.dropFirst(indent)) }
  }
}
