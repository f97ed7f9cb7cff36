import Foundation

extension Pipeline {
  /// What the beginning of an input file says, for one stage that reads it.
  public struct InputCheck: Sendable {
    /// The file, as the pipeline names it.
    public let input: PipelineSpecification.Input
    /// The name of the `ReadCSV` stage that reads the file.
    public let stage: String
    /// The names of the file's columns, in order, or a ``CSVError``: the file is not there, is no CSV file or lacks a column that the stage
    /// requires.
    public let columns: Result<[String], any Error>
    /// What looks like a mistake in the file, one sentence each: a header that looks like data, blanks around names or values.
    public let warnings: [String]
  }

  /// Opens the files that `ReadCSV` stages read and looks at their headers and first records.
  ///
  /// Returns one result per stage and file, in the order of the stages. A problem is a result and not an error, so that all of them are reported
  /// at once. Complexity: O(stages); each reads a few megabytes at most.
  public func checkInputs(in dataDirectory: URL) -> [InputCheck] {
    stages.flatMap { stage -> [InputCheck] in
      guard let reader = transformer(of: stage) as? ReadCSV else { return [] }
      return stage.inputs.compactMap { name in
        guard let input = inputs.first(where: { $0.name == name }) else { return nil }
        let file = dataDirectory.appendingPathComponent(input.path)
        let found = Result { try reader.inspect(file) }
        return InputCheck(
          input: input, stage: stage.name, columns: found.map(\.names).mapError { $0 as any Error },
          warnings: (try? found.get().warnings) ?? [])
      }
    }
  }
}
