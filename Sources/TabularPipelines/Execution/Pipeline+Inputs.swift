import Foundation

extension Pipeline {
  /// What was found of an input file that a stage reads.
  public struct InputCheck: Sendable {
    public let input: PipelineSpecification.Input
    public let stage: String
    /// The names in the file's header, in order, or what is wrong: `CSVError` when the file is not there, is no CSV file or lacks a column that the
    /// stage requires.
    public let columns: Result<[String], any Error>
    /// What looks like a mistake in the file, one sentence each: a first record that looks like data, blanks around names or values.
    public let warnings: [String]
  }

  /// Opens the files that `ReadCSV` stages read and looks at their headers and first records.
  ///
  /// One result a stage and file, in the order of the stages; problems are results, so that all of them can be told at once.
  /// Complexity: O(stages), each with at most a few megabytes read.
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
