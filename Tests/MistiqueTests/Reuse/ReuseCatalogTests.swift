import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Mistique

/// Where lineages are kept, and who finds them.
@Suite struct ReuseCatalogTests {
  private let folder = TemporaryDirectory("reuse-catalog")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  @Test("A look-up by lineage searches an index, in both tables")
  func lookUps() throws {
    try IntermediateStore(at: folder.url).close()
    let database = try DatabaseQueue(path: folder.url.appendingPathComponent(MetadataDB.fileName).path)
    let stored = "FROM intermediate WHERE lineage = ? AND partition IS NOT NULL AND isPartial = 0"
    let queries = [
      ("intermediateByLineage", "SELECT * \(stored) AND id > ? ORDER BY id LIMIT ?", 3),
      ("intermediateByLineage", "SELECT *, MIN(id) \(stored) GROUP BY partition, chunk HAVING MIN(id) > ? ORDER BY id LIMIT ?", 3),
      (
        "transformerByLineage",
        "SELECT * FROM transformer WHERE lineage = ? AND (modelID, position) > (?, ?) ORDER BY modelID, position LIMIT ?", 4
      ),
    ]
    for (index, sql, count) in queries {
      let steps = try database.read { database in
        try Row.fetchAll(
          database, sql: "EXPLAIN QUERY PLAN " + sql,
          arguments: StatementArguments([Data(count: 16)] + Array(repeating: 1, count: count - 1) as [any DatabaseValueConvertible])
        ).map { $0["detail"] as String }
      }
      #expect(steps.contains { $0.contains(index) }, "\(steps)")
    }
  }

  @Test("Catalogue and receipt have the lineages that the model gave, and a policy as in the paper keeps none")
  func kept() throws {
    let store = try OpenStore(at: folder.url, options: StoreOptions())
    var plan = RecipeModel.Plan.chain([1, 2, 3], hasFrames: true)
    plan.steps[1].trains = true
    plan.steps[2].promises = false
    for (name, policy) in [("a", StoragePolicy.dedup), ("b", StoragePolicy.none), ("c", StoragePolicy.dedup.asInPaper)] {
      let model = RecipeModel(plan)
      _ = try store.log(model, as: Self.identity(name), policy: policy) { false }
      let expected = name == "c" ? ModelLineages.none : model.lineages()
      let catalogued = try store.model(Self.identity(name))
      let receipt = try store.receipt(of: catalogued)
      for intermediate in try store.catalog.intermediates(of: catalogued) {
        #expect(intermediate.lineage == expected.intermediates[intermediate.name], "\(name).\(intermediate.name)")
      }
      for intermediate in receipt.intermediates {
        #expect(intermediate.lineage == expected.intermediates[intermediate.name], "\(name).\(intermediate.name)")
      }
      #expect(try store.catalog.transformers(of: catalogued).map(\.lineage) == [expected.transformers["step 1"]], "\(name)")
      #expect(receipt.transformers.map(\.lineage) == [expected.transformers["step 1"]], "\(name)")
    }
    let lineage = try #require(RecipeModel(plan).lineages().intermediates["step 0"])
    var names: [String] = []
    let none = try store.catalog.firstStored(under: lineage) { source -> Int? in
      names.append(source.model.name)
      return nil
    }
    #expect(none == nil && names == ["a"], "what is not stored, or promises nothing, is not found")
    for number in 0..<70 { _ = try store.log(RecipeModel(plan), as: Self.identity("more\(number)"), policy: .dedup) { false } }
    for (distinct, expected) in [(false, ["a"] + (0..<70).map { "more\($0)" }), (true, ["a"])] {
      names = []
      _ = try store.catalog.firstStored(under: lineage, distinct: distinct) { source -> Int? in
        names.append(source.model.name)
        return nil
      }
      #expect(names == expected, "\(distinct)")
    }
  }

  @Test("However many have stored it in another form first, the one in the form that is asked for is found, and what was trained too")
  func manyForms() throws {
    let store = try IntermediateStore.withRecipes(at: folder.url)
    var plan = RecipeModel.Plan.chain([1, 2], rows: 20, hasFrames: true)
    plan.steps[1].trains = true
    for number in 0..<70 { try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("all\(number)"), policy: .storeAll) }
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("first"))
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("second"))
    #expect(report.stagesRun.isEmpty && report.reused.map(\.model) == [Self.identity("first"), Self.identity("first")])
    #expect(try store.differing(from: plan, Self.identity("second")).isEmpty)
  }

  @Test("A catalogue of the version before is migrated: what it holds is read and not reused, and what is logged from then on is")
  func migration() throws {
    let plan = RecipeModel.Plan.chain([1, 2, 3])
    do {
      let store = try IntermediateStore.withRecipes(at: folder.url)
      try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("old"), policy: .dedup.asInPaper)
      try store.close()
    }
    let database = try DatabaseQueue(path: folder.url.appendingPathComponent(MetadataDB.fileName).path)
    try database.write { database in
      try database.execute(
        sql: """
          DROP INDEX intermediateByLineage;
          DROP INDEX transformerByLineage;
          ALTER TABLE intermediate DROP COLUMN lineage;
          ALTER TABLE transformer DROP COLUMN lineage;
          DELETE FROM grdb_migrations WHERE identifier LIKE 'v5%';
          """)
    }
    try database.close()
    let store = try IntermediateStore.withRecipes(at: folder.url)
    #expect(try store.differing(from: plan, Self.identity("old")).isEmpty)
    #expect(try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("new")).stagesRun.count == 3)
    #expect(try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("newer")).stagesRun.isEmpty)
    #expect(try store.differing(from: plan, Self.identity("newer")).isEmpty)
  }

  @Test("A lineage in the catalogue that is none promises nothing")
  func damagedCatalogue() throws {
    let plan = RecipeModel.Plan.chain([1, 2])
    do {
      let store = try IntermediateStore.withRecipes(at: folder.url)
      try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
      try store.close()
    }
    let database = try DatabaseQueue(path: folder.url.appendingPathComponent(MetadataDB.fileName).path)
    try database.write { try $0.execute(sql: "UPDATE intermediate SET lineage = x'0102'") }
    try database.close()
    let store = try IntermediateStore.withRecipes(at: folder.url)
    #expect(try store.intermediates(of: Self.identity("a")).allSatisfy { $0.lineage == nil })
    #expect(try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b")).reused.isEmpty)
  }

  @Test("Two that log the same at once: one computes, the other waits and refers to it")
  func atOnce() throws {
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4], rows: 2500)
    let url = folder.url
    try IntermediateStore(at: url).close()
    let reports = Mutex<[LoggingReport]>([])
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      do {
        var options = StoreOptions()
        options.writerPatience = .seconds(60)
        let store = try IntermediateStore.withRecipes(at: url, options: options)
        let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("m\(number)"))
        try store.close()
        reports.withLock { $0.append(report) }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 }.isEmpty, "\(failures.withLock { $0 })")
    let counts = reports.withLock { $0 }.map(\.stagesRun.count).sorted()
    #expect(counts == [0, 4])
    let store = try IntermediateStore.withRecipes(at: url)
    for number in 0..<2 { #expect(try store.differing(from: plan, Self.identity("m\(number)")).isEmpty) }
    #expect(try store.verify().isIntact)
  }
}
