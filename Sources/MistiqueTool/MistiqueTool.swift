import ArgumentParser

@main
struct MistiqueTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mistique", abstract: "Stores and queries the intermediates of pipelines, and looks after such stores.",
    discussion: """
      A pipeline is a YAML file over your own CSV files:

        mistique check pipeline.yaml --data folder              what it does, and whether its files are there
        mistique transformers                                   what its stages can be
        mistique log pipeline.yaml --data folder --store Store  runs it once and stores what every stage puts out
        mistique intermediates Store project.model              what there is to ask for
        mistique get Store 'project.model.predicted.*'          any of it as CSV, read or re-run

      Looking after a store:

        mistique models Store                     what is logged, and what it takes
        mistique verify Store                     reads every byte; exit status 1 when something is damaged
        mistique repair Store                     rebuilds the catalogue from the partition files
        mistique delete Store cifar10.cnn-10pct   frees what only that model used
        mistique gc Store                         gives back what interrupted writers and deletions left
      """,
    subcommands: [
      CheckCommand.self, TransformersCommand.self, LogCommand.self, IntermediatesCommand.self, GetCommand.self, ModelsCommand.self,
      VerifyCommand.self,
      RepairCommand.self, DeleteCommand.self, CollectGarbageCommand.self,
    ])
}
