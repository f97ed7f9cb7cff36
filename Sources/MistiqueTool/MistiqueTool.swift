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

      Arrays that another program saved, and arrays for another program:

        mistique import Store project.model folder        .npy, .npz, .safetensors
        mistique export Store key --to array.npy          any of it, and as these

      Questions about a pipeline or a network, in the paper's terms:

        mistique topk Store key                     TOPK: rows with large values
        mistique knn Store keys --row 51            KNN: rows most like a row
        mistique col-dist Store keys                COL_DIST: how values spread
        mistique col-diff Store key key             COL_DIFF: rows that differ
        mistique row-diff Store keys --rows 50,55   ROW_DIFF: columns that differ
        mistique corr Store key keys                CORR: what goes with a column
        mistique svcca Store key key                SVCCA: how alike two layers are
        mistique vis Store keys --by key            VIS: means of columns per group
        mistique confusion Store key --by key       what is taken for what
        mistique explain Store keys                 the plans that were weighed
        mistique advise Store                       what to store, what to drop

      Maintaining a store:

        mistique models Store                 what is logged, and its size
        mistique verify Store                 reads every byte and checks it
        mistique repair Store                 rebuilds a lost catalogue
        mistique demote Store project.model x --to 0.2rms   frees residuals
        mistique drop Store project.model x   frees an intermediate's values
        mistique delete Store project.model   frees what only that model used
        mistique gc Store                     frees what interrupted writers left
      """,
    subcommands: [
      CheckCommand.self, TransformersCommand.self, LogCommand.self, ImportCommand.self, IntermediatesCommand.self, ExportCommand.self,
      GetCommand.self,
      TopKCommand.self, NeighboursCommand.self, DistributionCommand.self, ColumnDifferenceCommand.self, RowDifferenceCommand.self,
      CorrelationCommand.self, SVCCACommand.self, GroupMeansCommand.self, ConfusionCommand.self, ExplainCommand.self,
      AdviseCommand.self,
      ModelsCommand.self, VerifyCommand.self, RepairCommand.self, DemoteCommand.self, DropCommand.self, DeleteCommand.self,
      CollectGarbageCommand.self,
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
