import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// What a stage's lineage is made of beside its parameters, its inputs and the content of its files.
struct StageRecipeTests {
  /// The lineages of the output and the state of a stage that only passes on what it reads, of a transformer that promises `Passing.bits`.
  private static func lineages<Passing: PassingOn>(_: Passing.Type) throws -> [Lineage] {
    let registry = TransformerRegistry([ReadCSV.self, Passing.self])
    let yaml = SmallPipeline.text(["{name: passed, transformer: PassingOn, inputs: [read]}"])
    let pipeline = try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml", registry: registry), registry: registry)
    let lineages = PipelineLineages(pipeline: pipeline, known: [:]) { _ in LineageRecipe("content").lineage }.lineages()
    return [try #require(lineages.intermediates["passed"]), try #require(lineages.transformers["passed"])]
  }

  @Test("Every property of what a transformer promises changes the lineages of its stages")
  func promises() throws {
    let examples = [First.bits, Second.bits, OfXGBoost.bits, OfOpenBLAS.bits].compactMap { $0 }
    #expect(StoredProperties.unvaried(in: examples).isEmpty)
    let found = try Self.lineages(First.self) + Self.lineages(Second.self) + Self.lineages(OfXGBoost.self) + Self.lineages(OfOpenBLAS.self)
    #expect(Set(found).count == 2 * examples.count)
    #expect(try Self.lineages(First.self) == Self.lineages(First.self))
  }

  @Test("Every library is known by itself and by the processor, and XGBoost by its threads too")
  func libraries() throws {
    let processor = try #require(ProcessorKind.text, "this machine does not say what its processor is")
    let kinds = try TransformerBits.Library.allCases.map { try #require($0.libraryKind, "\($0)") }
    #expect(Set(kinds).count == kinds.count && kinds.allSatisfy { $0.hasSuffix(processor) && $0 != processor })
    let xgBoost = try #require(TransformerBits.Library.xgBoost.libraryKind)
    #expect(xgBoost.contains("\(Booster.threadCount) threads"))
  }

  @Test("A stage has no property that nobody looked at: transformer, inputs and parameters are in its lineage, names are not")
  func properties() throws {
    let yaml = SmallPipeline.text([])
    let stage = try #require(try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml")).stages.first)
    // PipelineLineagesTests changes each of them.
    #expect(StoredProperties.names(of: stage) == ["name", "transformer", "inputs", "parameters", "outputs"])
    #expect(StoredProperties.names(of: stage.parameters) == ["values"])
  }
}

/// Passes on what it reads, under one name whatever it promises.
private protocol PassingOn: StatelessTransformer {}

extension PassingOn {
  static var signature: TransformerSignature { TransformerSignature("PassingOn", inputs: [.frame]) }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] { [inputs[0].frame] }
}

private struct First: PassingOn {
  static let bits: TransformerBits? = .revision(1)
  init(_ parameters: Parameters) {}
}

private struct Second: PassingOn {
  static let bits: TransformerBits? = .revision(2)
  init(_ parameters: Parameters) {}
}

private struct OfXGBoost: PassingOn {
  static let bits: TransformerBits? = .revision(1, computedBy: .xgBoost)
  init(_ parameters: Parameters) {}
}

private struct OfOpenBLAS: PassingOn {
  static let bits: TransformerBits? = .revision(1, computedBy: .openBLAS)
  init(_ parameters: Parameters) {}
}
