import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// What is in the lineage of a stage, and what is not.
struct PipelineLineagesTests {
  private let folder = TemporaryDirectory("lineages")

  /// Stages that give every kind of input to the one under test, which is called `tested`.
  private static func pipeline(
    _ transformer: String, _ inputs: [String], _ parameters: [String: ParameterValue], names: String = ""
  ) throws -> Pipeline {
    let text = parameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.canonicalText)" }.joined(separator: ", ")
    let yaml = """
      name: P\(names)
      project: z\(names)
      inputs: {f\(names): f.csv, g\(names): g.csv}
      stages:
        - {name: read\(names), transformer: ReadCSV, inputs: [f\(names)]}
        - {name: other\(names), transformer: ReadCSV, inputs: [g\(names)]}
        - {name: model\(names), transformer: TrainElasticNet, inputs: [read\(names)], parameters: {target: x}}
        - {name: tested\(names), transformer: \(transformer), inputs: [\(inputs.map { $0 + names }.joined(separator: ", "))], parameters: {\(text)}}
      """
    return try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml"))
  }

  /// Of the tested stage: its outputs and its state, with files that hold what `contents` says.
  private static func lineages(_ pipeline: Pipeline, contents: [String: Int] = [:], known: [String: KnownState] = [:]) throws -> [Lineage] {
    let lineages = PipelineLineages(pipeline: pipeline, known: known) { input in
      var recipe = LineageRecipe("content")
      recipe.add(number: contents[input.path] ?? 0)
      return recipe.lineage
    }.lineages()
    let stage = try #require(pipeline.stages.last)
    let outputs = try stage.outputs.map { try #require(lineages.intermediates[$0], "\($0) has no lineage") }
    return outputs + [try #require(lineages.transformers[stage.name])]
  }

  private static func inputs(of signature: TransformerSignature) -> [String] {
    signature.inputs.map { kind in
      switch kind {
      case .file: "f"
      case .frame: "read"
      case .model: "model"
      }
    }
  }

  /// Values of a parameter that all differ; the first is its default, if it has one.
  private static func values(of parameter: ParameterDeclaration) -> [ParameterValue] {
    let candidates: [ParameterValue] =
      switch parameter.kind {
      case .integer(let range): [.integer(range.lowerBound), .integer(range.lowerBound + 1), .integer(range.upperBound)]
      case .number(let range):
        [.number(range.lowerBound), .number(range.upperBound), .number(range.lowerBound + (range.upperBound - range.lowerBound) / 3)]
      case .numbers(let range):
        [.numbers([range.lowerBound]), .numbers([range.upperBound]), .numbers([range.lowerBound, range.upperBound])]
      case .boolean: [.boolean(false), .boolean(true)]
      case .text(let allowed): (allowed.isEmpty ? ["u", "v", "U", "u;v=w"] : allowed).map { .text($0) }
      case .texts: [.texts([]), .texts(["u"]), .texts(["u", "v"]), .texts(["v", "u"]), .texts(["u, v"])]
      case .mapping(let allowed):
        [.mapping(of: []), .mapping(of: [("u", allowed.first ?? "a")]), .mapping(of: [("v", allowed.first ?? "a")])]
          + [.mapping(of: [("u", allowed.last ?? "b")])]
      }
    var values = parameter.defaultValue.map { [$0] } ?? []
    for candidate in candidates where parameter.accepts(candidate) && !values.contains(candidate) { values.append(candidate) }
    return values
  }

  @Test("Every parameter of every transformer changes the lineages of its stage, each value another way")
  func parameters() throws {
    let registry = TransformerRegistry.standard
    var changes = 0
    for name in registry.names {
      let signature = registry[name]!.signature
      let required = signature.parameters.filter { $0.defaultValue == nil }
      let base = Dictionary(uniqueKeysWithValues: required.map { ($0.name, Self.values(of: $0)[0]) })
      let inputs = Self.inputs(of: signature)
      for parameter in signature.parameters {
        let values = Self.values(of: parameter)
        #expect(values.count > 1, "\(name).\(parameter.name) has no other value")
        var seen: [Lineage: ParameterValue] = [:]
        for value in values {
          for lineage in try Self.lineages(Self.pipeline(name, inputs, base.merging([parameter.name: value]) { $1 })) {
            #expect(seen.updateValue(value, forKey: lineage) == nil, "\(name).\(parameter.name): \(value) has the lineage of another value")
          }
          changes += 1
        }
      }
    }
    #expect(changes > 200)
  }

  @Test("Every transformer of the library says what it promises, and outputs, states, transformers and inputs all differ")
  func distinct() throws {
    let registry = TransformerRegistry.standard
    var seen: Set<Lineage> = []
    for name in registry.names {
      let type = registry[name]!
      #expect(type.bits != nil, "\(name) has no revision")
      let base = Dictionary(
        uniqueKeysWithValues: type.signature.parameters.filter { $0.defaultValue == nil }.map { ($0.name, Self.values(of: $0)[0]) })
      var inputs = [Self.inputs(of: type.signature)]
      if type.signature.appliesToAnother || type.signature.repeatsLastInput { inputs += [inputs[0] + ["other"], inputs[0] + ["read"]] }
      if let frame = inputs[0].lastIndex(of: "read") {
        var changed = inputs[0]
        changed[frame] = "other"
        inputs.append(changed)
      }
      for inputs in inputs {
        for lineage in try Self.lineages(Self.pipeline(name, inputs, base), contents: ["g.csv": 1]) {
          #expect(seen.insert(lineage).inserted, "\(name) of \(inputs) has the lineage of something else")
        }
      }
    }
  }

  @Test("Names change nothing; the content of a file changes what reads it, and nothing else")
  func files() throws {
    let plain = try Self.pipeline("Predict", ["model", "read"], [:])
    #expect(try Self.lineages(plain) == Self.lineages(Self.pipeline("Predict", ["model", "read"], [:], names: "_other")))
    #expect(try Self.lineages(plain) != Self.lineages(plain, contents: ["f.csv": 1]))
    #expect(try Self.lineages(plain) == Self.lineages(plain, contents: ["g.csv": 1]))
    let unreadable = PipelineLineages(pipeline: plain, known: [:]) { $0.path == "f.csv" ? nil : LineageRecipe("content").lineage }
      .lineages()
    #expect(Set(unreadable.intermediates.keys) == ["other"] && Set(unreadable.transformers.keys) == ["other"])
  }

  @Test("A state that was fitted on something else gives other lineages; one that was fitted on this gives the same")
  func givenStates() throws {
    let pipeline = try Self.pipeline("Predict", ["model", "read"], [:])
    let fresh = try Self.lineages(pipeline)
    let model = try #require(
      PipelineLineages(pipeline: pipeline, known: [:]) { _ in LineageRecipe("content").lineage }.lineages().transformers["model"])
    var recipe = LineageRecipe("content")
    recipe.add(number: 0)
    let own = PipelineLineages(pipeline: pipeline, known: [:]) { _ in recipe.lineage }.lineages().transformers["model"]
    #expect(model != own)
    #expect(try Self.lineages(pipeline, known: ["model": KnownState(bytes: [1], lineage: own)]) == fresh)
    let foreign = try Self.lineages(pipeline, known: ["model": KnownState(bytes: [1], lineage: model)])
    let unknown = try Self.lineages(pipeline, known: ["model": KnownState(bytes: [1], lineage: nil)])
    let other = try Self.lineages(pipeline, known: ["model": KnownState(bytes: [2], lineage: nil)])
    #expect(Set([fresh[0], foreign[0], unknown[0], other[0]]).count == 4)
  }

  /// A transformer of columns behind one that says nothing of its bits.
  private static func afterSilent(_ transformer: any Transformer.Type) throws -> Pipeline {
    let registry = TransformerRegistry([ReadCSV.self, Silent.self, transformer])
    let yaml = """
      name: P
      project: z
      inputs: {f: f.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [f]}
        - {name: silent, transformer: Silent, inputs: [read]}
        - {name: after, transformer: \(transformer.signature.name), inputs: [silent], parameters: {columns: [x]}}
      """
    return try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml", registry: registry), registry: registry)
  }

  @Test("A transformer without a revision has no lineage, and neither has what follows it")
  func withoutPromise() throws {
    let pipeline = try Self.afterSilent(SelectColumn.self)
    let lineages = PipelineLineages(pipeline: pipeline, known: [:]) { _ in LineageRecipe("content").lineage }.lineages()
    #expect(Set(lineages.intermediates.keys) == ["read"])
  }

  @Test("What is trained on something without lineage is logged, and known by its bytes from then on")
  func trainedWithoutPromise() throws {
    _ = try folder.file("f.csv", "x,y\n1,2\n3,4\n5,7\n")
    let pipeline = try Self.afterSilent(Scale.self)
    let model = PipelineModel(pipeline, dataDirectory: folder.url)
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    let report = try store.logIntermediates(of: model, as: ModelIdentity(project: "z", name: "P"))
    #expect(report.stagesRun == ["read", "silent", "after"])
    #expect(model.lineages().transformers["after"] != nil)
  }

  @Test("A link that leads elsewhere while a stage reads, and back, is noticed")
  func switchedLink() throws {
    for (name, value) in [("v1", 2), ("v2", 9)] {
      try FileManager.default.createDirectory(at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
      _ = try folder.file("\(name)/f.csv", "x,y\n1,\(value)\n3,4\n5,7\n")
    }
    let link = folder.url.appendingPathComponent("current")
    func lead(to name: String) throws {
      try? FileManager.default.removeItem(at: link)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder.url.appendingPathComponent(name))
    }
    try lead(to: "v1")
    let yaml = """
      name: P
      project: z
      inputs: {f: f.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [f]}
        - {name: picked, transformer: SelectColumn, inputs: [read], parameters: {columns: [x]}}
      """
    let model = PipelineModel(try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml")), dataDirectory: link)
    #expect {
      _ = try model.execute(ExecutionRequest(intermediates: ["read", "picked"])) { name, _ in
        // The files themselves are not touched.
        if name == "read" {
          for version in ["v2", "v1"] {
            // Longer than a tick of a file system's clock.
            usleep(20_000)
            try lead(to: version)
          }
        }
      }
    } throws: { ($0 as? StoreError)?.code == .otherInputs }
  }

  @Test("A model's lineages are those of its files as they are now, whoever asks")
  func models() throws {
    for name in ["f.csv", "g.csv"] { _ = try folder.file(name, "x,y\n1,2\n3,4\n5,7\n") }
    let pipeline = try Self.pipeline("Predict", ["model", "read"], [:])
    let model = PipelineModel(pipeline, dataDirectory: folder.url)
    let before = model.lineages()
    #expect(before.intermediates.count == 4 && before.transformers.count == 4)
    #expect(PipelineModel(pipeline, dataDirectory: folder.url).lineages() == before)
    _ = try model.execute(ExecutionRequest(intermediates: ["tested"])) { _, _ in }
    #expect(model.lineages() == before, "what was learned from these files")
    _ = try folder.file("f.csv", "x,y\n1,2\n3,4\n5,9\n")
    let after = model.lineages()
    let fresh = PipelineModel(pipeline, dataDirectory: folder.url).lineages()
    #expect(after.intermediates["other"] == before.intermediates["other"])
    #expect(
      after.intermediates["tested"] != before.intermediates["tested"] && fresh.intermediates["tested"] != before.intermediates["tested"])
    #expect(after.intermediates["tested"] != fresh.intermediates["tested"], "the old model applied to new rows is neither")
  }
}

/// Says nothing of its bits.
private struct Silent: StatelessTransformer {
  static let signature = TransformerSignature("Silent", inputs: [.frame])

  init(_ parameters: Parameters) {}

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] { [inputs[0].frame] }
}
