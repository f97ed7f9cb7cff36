import ArgumentParser
import Foundation
import Groundwork

@main
struct MistiqueTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mistique", abstract: "Stores and queries the intermediates of pipelines, and maintains such stores.",
    discussion: """
      A pipeline is a YAML file over your own CSV files:

        mistique check p.yaml --data folder               prints what it does
        mistique transformers                             what stages can do
        mistique log p.yaml --data folder --store Store   runs it, stores everything
        mistique intermediates Store project.model        what can be queried
        mistique get Store 'project.model.predicted.*'    any of it, as CSV

      Questions about a pipeline or a network, in the paper's terms:

        mistique topk Store key               TOPK: the rows with the largest values
        mistique knn Store keys --row 51      KNN: the rows most like a row
        mistique col-dist Store keys          COL_DIST: how columns are distributed
        mistique col-diff Store key key       COL_DIFF: the rows on which columns differ
        mistique row-diff Store keys --rows 50,55   ROW_DIFF: the columns in which rows differ
        mistique corr Store key keys          CORR: the correlation of a column with many
        mistique svcca Store key key          SVCCA: how similar two layers are
        mistique vis Store keys --by key      VIS: the mean of every column per group
        mistique confusion Store key --by key   what is predicted for each class
        mistique explain Store keys           the plans weighed, and the one taken

      Maintaining a store:

        mistique models Store                 what is logged, and its size
        mistique verify Store                 reads every byte and checks it
        mistique repair Store                 rebuilds a lost catalogue
        mistique delete Store project.model   frees what only that model used
        mistique gc Store                     frees what interrupted writers left
      """,
    subcommands: [
      CheckCommand.self, TransformersCommand.self, LogCommand.self, IntermediatesCommand.self, GetCommand.self,
      TopKCommand.self, NeighboursCommand.self, DistributionCommand.self, ColumnDifferenceCommand.self, RowDifferenceCommand.self,
      CorrelationCommand.self, SVCCACommand.self, GroupMeansCommand.self, ConfusionCommand.self, ExplainCommand.self,
      ModelsCommand.self, VerifyCommand.self, RepairCommand.self, DeleteCommand.self, CollectGarbageCommand.self,
    ])

  /// Ends with status 1 after an error, and with 1 or 141 when standard output or standard error did not accept everything.
  static func main() {
    StandardStreams.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
      StandardStreams.exit(EXIT_SUCCESS)
    } catch {
      let status = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty { (status.isSuccess ? StandardStream.output : .error).line(message) }
      StandardStreams.exit(status.rawValue)
    }
  }
}
