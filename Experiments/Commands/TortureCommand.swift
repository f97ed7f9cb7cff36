import ArgumentParser
import ExperimentKit
import Foundation

struct TortureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture",
    abstract: "Kills a process that logs models, again and again, and checks that nothing committed is lost or wrong.",
    discussion: "Exit status 1 and the seed when something is. The store it works on is removed at the end.")

  @Option(help: "How many kills.")
  var kills = 500

  @Option(help: "Of the instants.")
  var seed = UInt64.random(in: 1...1_000_000)

  @Option(help: ArgumentHelp("Where to put the store.", valueName: "dir"))
  var folder = NSTemporaryDirectory() + "mistique-torture"

  func run() throws {
    Interruption.install()
    let folder = URL(fileURLWithPath: folder, isDirectory: true)
    try KillTorture(folder: folder, kills: kills, seed: seed).run()
    try FileManager.default.removeItem(at: folder)
  }
}

struct TortureChildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "torture-child", abstract: "Is killed by torture.", shouldDisplay: false)

  @Argument var folder: String
  @Argument var first: Int

  func run() throws { try TortureChild.run(folder: URL(fileURLWithPath: folder, isDirectory: true), first: first) }
}
