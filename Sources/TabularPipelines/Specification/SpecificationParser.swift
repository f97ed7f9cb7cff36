import Yams

/// Reads a specification top to bottom and checks each stage against what came before it.
struct SpecificationParser {
  /// What a name stands for that a stage may use as its input.
  private enum Source {
    case file
    case frame
    case model

    var words: String {
      switch self {
      case .file: "an input file"
      case .frame: "an intermediate"
      case .model: "a training stage"
      }
    }
  }

  let file: String
  let registry: TransformerRegistry
  private var sources: [String: Source] = [:]
  private var names: [String] = []
  private var stagesRead: Set<String> = []
  /// The names of the stages that were not read yet, and of what they emit.
  private var later: Set<String> = []

  init(file: String, registry: TransformerRegistry) {
    self.file = file
    self.registry = registry
  }

  mutating func parse(_ text: String) throws -> PipelineSpecification {
    try SpecificationText.check(text, file: file)
    let root = SpecificationNode(node: try Self.compose(text, file: file), key: "", file: file)
    let entries = try root.entries(
      allowed: ["name", "project", "inputs", "stages", "variants"], required: ["name", "project", "inputs", "stages"])
    let name = try entries["name"]!.name()
    let project = try entries["project"]!.name()
    let inputs = try entries["inputs"]!.entries().map { try input(named: $0.name, $0.value) }
    let stageNodes = try entries["stages"]!.elements()
    let stageNames = Set(stageNodes.flatMap { names(of: $0).prefix(1) })
    later = Set(stageNodes.flatMap(names))
    var stages: [PipelineSpecification.Stage] = []
    for node in stageNodes {
      stages.append(try stage(node, all: stageNames))
      later.subtract(names(of: node))
    }
    let variants = try entries["variants"]?.entries().map { try variant(named: $0.name, $0.value, stages) } ?? []
    return PipelineSpecification(name: name, project: project, inputs: inputs, stages: stages, variants: variants)
  }

  private static func compose(_ text: String, file: String) throws -> Node {
    do {
      // A byte order mark is no part of the text.
      let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
      guard let node = try Yams.compose(yaml: text) else {
        throw SpecificationError(file: file, line: 1, key: "", problem: .notYAML("the file is empty"))
      }
      return node
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
        throw SpecificationError(file: file, line: mark.line, key: "", problem: .notYAML(problem))
      case .duplicatedKeysInMapping(let duplicates, let context):
        throw SpecificationError(
          file: file, line: context.mark.line, key: "",
          problem: .notYAML("duplicate key \(duplicates.map { $0.shortened() }.sorted().joined(separator: ", "))"))
      case .reader(let problem, let offset, _, let yaml):
        let line = 1 + yaml.prefix(offset ?? 0).count { $0.isNewline }
        throw SpecificationError(file: file, line: line, key: "", problem: .notYAML(problem))
      default: throw SpecificationError(file: file, line: 1, key: "", problem: .notYAML("\(error)"))
      }
    }
  }

  /// The name of a stage and of what it emits, as far as they can be known before it is checked.
  private func names(of stage: SpecificationNode) -> [String] {
    guard let entries = try? stage.entries(), let name = try? entries.first(where: { $0.name == "name" })?.value.text() else { return [] }
    let transformer = try? entries.first { $0.name == "transformer" }?.value.text()
    return [name] + (transformer.flatMap { registry[$0] }?.signature.outputs ?? []).map { name + $0 }
  }

  private mutating func declare(_ name: String, _ source: Source, _ node: SpecificationNode) throws {
    guard sources[name] == nil else { throw node.error(.duplicateName(name)) }
    sources[name] = source
    names.append(name)
  }

  private mutating func input(named name: String, _ node: SpecificationNode) throws -> PipelineSpecification.Input {
    let path = try node.text()
    guard SpecificationNode.isName(name) else { throw node.error(.badName(name)) }
    // A path with a null byte would end there for the system.
    // By bytes, as the system reads it: a slash before a combining mark is one Character with it.
    guard !path.isEmpty, path.utf8.first != UInt8(ascii: "/"),
      !path.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }),
      path.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
    else {
      throw node.error(.pathLeavesDirectory(path))
    }
    try declare(name, .file, node)
    return PipelineSpecification.Input(name: name, path: path)
  }

  private mutating func stage(_ node: SpecificationNode, all stageNames: Set<String>) throws -> PipelineSpecification.Stage {
    let entries = try node.entries(allowed: ["name", "transformer", "inputs", "parameters"], required: ["name", "transformer", "inputs"])
    let name = try entries["name"]!.name()
    let place = SpecificationNode(node: node.node, key: "stages.\(name)", file: file)
    func at(_ entry: String) -> SpecificationNode {
      SpecificationNode(node: entries[entry]!.node, key: "\(place.key).\(entry)", file: file)
    }
    // A stage of several outputs emits nothing under its own name, which states, lineages and variants know it by.
    guard stagesRead.insert(name).inserted else { throw at("name").error(.duplicateName(name)) }
    let transformer = try at("transformer").text()
    guard let signature = registry[transformer]?.signature else {
      throw at("transformer").error(.unknownTransformer(transformer, known: registry.names))
    }
    let inputNodes = try at("inputs").elements()
    if let expected = signature.expectedInputCount(insteadOf: inputNodes.count) {
      throw at("inputs").error(.inputCount(transformer: transformer, expected: expected, got: inputNodes.count))
    }
    var inputs: [String] = []
    for (index, input) in inputNodes.enumerated() {
      inputs.append(try reference(input, kind: signature.inputKind(at: index)!))
    }
    var parameters: [String: ParameterValue] = [:]
    if entries["parameters"] != nil { parameters = try self.parameters(at("parameters"), signature) }
    for declaration in signature.parameters where declaration.defaultValue == nil && parameters[declaration.name] == nil {
      throw place.child(node.node, "parameters.\(declaration.name)")
        .error(.missingParameter(transformer: transformer, expected: declaration.expectation))
    }
    for output in signature.outputs {
      guard output.isEmpty || !stageNames.contains(name + output) else { throw at("name").error(.duplicateName(name + output)) }
      try declare(name + output, signature.trainsModel ? .model : .frame, at("name"))
    }
    return PipelineSpecification.Stage(name: name, transformer: transformer, inputs: inputs, parameters: parameters)
  }

  /// A name that an earlier entry declared for an input of this kind; a training stage also serves as an intermediate.
  private func reference(_ node: SpecificationNode, kind: TransformerSignature.InputKind) throws -> String {
    let name = try node.text()
    guard let source = sources[name] else {
      if later.contains(name) { throw node.error(.laterStage(name)) }
      throw node.error(.unknownInput(name, known: names))
    }
    switch (kind, source) {
    case (.file, .file), (.frame, .frame), (.frame, .model), (.model, .model): return name
    default: throw node.error(.inputKind(name, expected: kind.rawValue, got: source.words))
    }
  }

  private func parameters(_ node: SpecificationNode, _ signature: TransformerSignature) throws -> [String: ParameterValue] {
    var result: [String: ParameterValue] = [:]
    for (name, value) in try node.entries() {
      guard let declaration = signature.parameters.first(where: { $0.name == name }) else {
        throw value.error(.unknownParameter(transformer: signature.name, known: signature.parameters.map(\.name)))
      }
      result[name] = try value.value(declaration)
    }
    return result
  }

  private func variant(
    named name: String, _ node: SpecificationNode, _ stages: [PipelineSpecification.Stage]
  ) throws -> PipelineSpecification.Variant {
    guard SpecificationNode.isName(name) else { throw node.error(.badName(name)) }
    var overrides: [String: [String: ParameterValue]] = [:]
    for (stageName, value) in try node.entries() {
      guard let stage = stages.first(where: { $0.name == stageName }) else {
        throw value.error(.unknownStage(stageName, known: stages.map(\.name)))
      }
      overrides[stageName] = try parameters(value, registry[stage.transformer]!.signature)
    }
    return PipelineSpecification.Variant(name: name, overrides: overrides)
  }
}
