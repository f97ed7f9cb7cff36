import ArgumentParser
import Foundation
import Mistique
import Groundwork
import TabularPipelines

struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Prints columns of one intermediate as CSV.",
    discussion: """
      The first column is row_id; the others follow in the order of the keys. Prints the plan, its time and the bytes read to standard error.

        mistique get Store 'bikes.hourly_deep.predicted.*' > predicted.csv
        mistique get Store bikes.hourly_deep.known.temp --rows 17,18,20-30
        mistique get Store bikes.hourly_deep.known.temp bikes.hourly_deep.known.hr
        mistique get Store 'bikes.hourly_deep.known.*' --plan rerun --data folder

      --output replaces a file only once the new one is complete. It follows links, and writes into a FIFO, a device or /dev/stdout. When standard \
      output or standard error accepts no more data, the exit status is 1, or 141 for a pipe whose reader has gone.

      A store does not remember where the input files are, so a re-run needs --data: the folder with the files that were logged. It trains nothing. \
      Quote keys that contain * or a backtick for the shell.
      """)

  enum Plan: String, CaseIterable, ExpressibleByArgument {
    case automatic, read, rerun

    var preference: QueryPlan.Preference {
      switch self {
      case .automatic: .automatic
      case .read: .read
      case .rerun: .rerun
      }
    }
  }

  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model.intermediate.column, * for all columns.", valueName: "key"))
  var keys: [String]

  @Option(
    help: ArgumentHelp("Some rows by row_id, as in 17,18,20-30; all rows when omitted.", valueName: "rows"), transform: AskedRows.init)
  var rows: AskedRows?

  @Option(help: "automatic takes the faster way; read and rerun force one.")
  var plan = Plan.automatic

  @Option(help: ArgumentHelp("The folder with the pipeline's input files, for re-running.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("The file for the CSV, instead of standard output; an existing file is replaced.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("The name of the column of row ids.", valueName: "name"))
  var idColumn = "row_id"

  func run() throws {
    if data != nil { PassiveWaiting.begin() }
    let asked = try keys.map { try IntermediateKey($0) }
    if let other = asked.first(where: { $0.model != asked[0].model || $0.intermediate != asked[0].intermediate }) {
      throw ValidationError(
        "\(asked[0]) and \(other) belong to two intermediates, whose rows may differ. Query one intermediate at a time.")
    }
    let opened = try store.open()
    try prepare(opened, asked[0])
    Interruption.install()
    let result: IntermediateResult
    do {
      result = try opened.getIntermediates(asked, rows: rows?.request ?? .all, plan: plan.preference) { Interruption.isRequested }[0]
    } catch is CancellationError {
      throw Interruption.exitCode
    } catch let error as StoreError where error.code == .missingRow {
      throw StoreError(error.code, error.what, at: error.place, remedy: "Omit --rows to see which there are.")
    }
    try write(try frame(result, asked))
    let (rows, stages) = (result.rowIDs.count, result.cost.stagesRun)
    let how = result.plan.choice == .read ? "read" : "re-run (\(stages) stage\(stages == 1 ? "" : "s"))"
    Output.note(
      "\(asked[0].model).\(result.intermediate): \(Output.grouped(rows)) row\(rows == 1 ? "" : "s"), \(how), \(Output.seconds(result.cost.seconds)), "
        + "\(Output.grouped(result.cost.bytesRead)) bytes read")
    if !result.unverifiedInputs.isEmpty {
      Output.note(
        "The model was logged before digests of input files were kept, so it cannot be verified that these are the files that were logged: "
          + "\(result.unverifiedInputs.joined(separator: ", ")).")
    }
    switch result.materialized {
    case .stored(let bytes): Output.note("It is now stored, in \(Output.grouped(bytes)) bytes.")
    case .postponed(let reason): Output.note("It is worth storing, but could not be stored now: \(reason)")
    case nil: break
    }
    do { try opened.close() } catch { Output.note("The query could not be counted in the store: \(error)") }
  }

  /// Makes re-running possible where --data is given. Throws what is missing where only a re-run can answer.
  private func prepare(_ opened: IntermediateStore, _ key: IntermediateKey) throws {
    let folder = try data.map(DataFolder.url)
    if let folder { opened.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: folder) } }
    let record = try opened.intermediates(of: key.model).first { $0.name == key.intermediate }
    // The query itself reports an unknown intermediate, with the names that there are.
    guard let record, let model = try opened.models().first(where: { $0.identity == key.model }) else { return }
    let place = "\(key.model).\(key.intermediate)"
    if plan == .read, !record.isStored {
      throw StoreError(
        .cannotPlan, "it is not stored, so it cannot be read", at: place, remedy: "Omit --plan and give --data, to re-run it.")
    }
    guard plan == .rerun || !record.isStored else { return }
    guard model.kind == PipelineModel.kind else {
      throw StoreError(
        .cannotPlan, "this command re-runs pipelines, and this model is a \(model.kind)", at: place,
        remedy: record.isStored ? "Omit --plan to read it." : "Query it from a program that registers a restorer for that kind.")
    }
    guard folder != nil else {
      throw StoreError(
        .cannotPlan, record.isStored ? "a re-run needs the input files" : "it is not stored, and a re-run needs the input files", at: place,
        remedy: "Give --data, the folder with the files that were logged.")
    }
  }

  /// The row ids, and then the requested columns in the order of the keys, each once.
  private func frame(_ result: IntermediateResult, _ asked: [IntermediateKey]) throws -> DataFrame {
    let names = result.columnNames
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { (ColumnName($1), $0) })
    var order: [Int] = []
    for key in asked {
      for index in result.schema.columns(named: key.column) ?? 0..<0 { order.append(places[ColumnName(result.schema.columnName(index))]!) }
    }
    var seen = Set<Int>()
    order = order.filter { seen.insert($0).inserted }
    if let clash = order.first(where: { ColumnName(names[$0]) == ColumnName(idColumn) }) {
      throw ValidationError(
        "The intermediate has a column \"\(names[clash])\" itself. Choose another name for the row ids with --id-column.")
    }
    let columns = order.map { place -> (name: String, column: Column) in
      let column = result.frame?.columns[place] ?? Column(.float32(result.matrix!.column(place)))
      return (names[place], column)
    }
    return DataFrame(rowIDs: result.rowIDs, columns: [(name: idColumn, column: Column(.int64(result.rowIDs.array)))] + columns)
  }

  private func write(_ frame: DataFrame) throws {
    if let output { return try CSVWriter().write(frame, to: URL(fileURLWithPath: output)) }
    do {
      try CSVWriter().write(frame) { bytes in try bytes.withUnsafeBytes { try StandardStream.output.write(contentsOf: $0) } }
    } catch is SystemFailure {
      throw ExitCode.success  // the stream keeps its failure, which decides the exit status
    }
  }
}
