import Foundation
import TestSupport

@testable import TabularPipelines

/// A pipeline that reads one small file, `f.csv`, in a folder of its own.
struct SmallPipeline {
  /// The first three lines of its specification.
  static let head = "name: P\nproject: z\ninputs: {f: f.csv}\n"
  /// The stage that reads the file.
  static let read = "  - {name: read, transformer: ReadCSV, inputs: [f]}\n"
  /// Five lines, behind which more stages may follow.
  static let stages = head + "stages:\n" + read

  let directory = TemporaryDirectory()
  let pipeline: Pipeline

  var run: PipelineRun { PipelineRun(pipeline, dataDirectory: directory.url) }
  var model: PipelineModel { PipelineModel(pipeline, dataDirectory: directory.url) }

  /// - Parameter stages: those behind `read`, a mapping of YAML each.
  init(_ csv: String, _ stages: String...) throws {
    _ = try directory.file("f.csv", csv)
    pipeline = try Pipeline(PipelineSpecification(parsing: Self.text(stages), file: "p.yaml"))
  }

  /// The specification with these stages behind `read`, the first of them on line 6.
  static func text(_ stages: [String]) -> String { Self.stages + stages.map { "  - \($0)\n" }.joined() }
}
