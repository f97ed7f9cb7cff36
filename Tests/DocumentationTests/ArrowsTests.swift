import Foundation
import Testing

/// The arrows between targets on the page Architecture are those of Package.swift.
struct ArrowsTests {
  @Test("Every arrow of the page is a dependency, and every dependency among the page's targets an arrow")
  func arrows() throws {
    let block = try #require(Pages.blocks.first { $0.page == "Architecture.md" && $0.text.contains("->") })
    var drawn: [String: Set<String>] = [:]
    for line in block.lines {
      let sides = line.components(separatedBy: "->")
      guard sides.count == 2 else { continue }
      let used = sides[1].split(separator: " ").map(String.init)
      drawn[sides[0].trimmingCharacters(in: .whitespaces)] = used == ["nothing"] ? [] : Set(used)
    }
    let named = Set(drawn.keys).union(drawn.values.joined())
    #expect(drawn.count >= 8)
    let manifest = try String(contentsOf: Pages.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    for (target, used) in drawn {
      let pattern = try Regex("arget\\(\\s*name: \"\(target)\",\\s*dependencies: \\[([^\\]]*)\\]", as: (Substring, Substring).self)
      let list = try #require(manifest.firstMatch(of: pattern)?.output.1, "Package.swift has no target \(target)")
      // Products of other packages are none of ours.
      let dependencies = list.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"(\w+)"/).map { String($0.output.1) }
      #expect(used == Set(dependencies).intersection(named), "\(target)")
    }
  }

  @Test("Of the experiments, only the folder StorageFloor imports the storage floor")
  func storageFloor() throws {
    let experiments = Pages.root.appendingPathComponent("Experiments")
    let files = try #require(FileManager.default.enumerator(at: experiments, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
    let importing = try files.filter { $0.pathExtension == "swift" }.filter {
      try String(contentsOf: $0, encoding: .utf8).contains("import MistiqueStorage\n")
    }
    #expect(!importing.isEmpty)
    #expect(importing.allSatisfy { $0.path.contains("/Experiments/StorageFloor/") })
  }
}
