import Testing
import Yams

@testable import TabularPipelines

/// One value of a YAML text, as the parser sees it.
enum SpecificationParserProbe {
  static func node(_ text: String, key: String) throws -> SpecificationNode {
    let root = try #require(try Yams.compose(yaml: text))
    return SpecificationNode(node: try #require(root[key]), key: key, file: "p.yaml")
  }
}

/// Bad specifications, and what is expected of them.
enum HostileText {
  /// With `parameters` of a stage on line 6.
  static func split(_ parameters: String) -> String {
    SmallPipeline.text(["{name: s, transformer: TrainTestSplit, inputs: [read], parameters: {\(parameters)}}"])
  }

  /// The text is refused with an error that begins with `message` and is no longer than anyone reads.
  static func expect(_ text: String, _ message: String, at location: SourceLocation = #_sourceLocation) throws {
    let error = try #require(throws: SpecificationError.self, sourceLocation: location) {
      try PipelineSpecification(parsing: text, file: "p.yaml")
    }
    #expect(error.description.hasPrefix(message), "\(error)", sourceLocation: location)
    #expect(error.description.utf8.count < 2_000, sourceLocation: location)
  }
}
