import ArgumentParser
import ExperimentKit
import Foundation

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench", abstract: "Measures the store itself.")

  @OptionGroup var common: CommonOptions

  @Option(help: "How often a timed measurement is repeated.")
  var repetitions = 5

  @Option(help: ArgumentHelp("Only write the arrays as .npy files there.", valueName: "dir"))
  var dump: String?

  func run() throws {
    let workload = try ImageWorkload(common.scale, seed: 2018, try common.settings()) {
      ProgressReporter(label: $0, total: $1, unit: $2)
    }
    let arrays = try BenchArray.layers(of: workload, images: workload.size.loggedImages)
    if let dump {
      let folder = URL(fileURLWithPath: dump, isDirectory: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for array in arrays { try array.writeNumPy(to: folder) }
      return
    }
    let report = BenchReport()
    let scratch = common.folder.root.appendingPathComponent("runs/.bench.partial", isDirectory: true)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }  // a leftover is removed by the next run
    try StorageBench(arrays: arrays, scratch: scratch, repetitions: repetitions, report: report).run()
    let folder = common.folder.root.appendingPathComponent("runs/bench", isDirectory: true)
    try report.write(to: folder)
    print(report.table() + "\n\(folder.appendingPathComponent("rows.csv").path)")
  }
}
