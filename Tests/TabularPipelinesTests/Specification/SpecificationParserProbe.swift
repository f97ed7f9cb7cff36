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
