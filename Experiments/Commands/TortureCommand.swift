import ArgumentParser
import ExperimentKit
import Foundation

struct TortureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture",
    abstract: "Kills a process that logs models, again and again, and checks that nothing committed is lost or wrong.",
    discussion: """
      Exit status 1 and the seed when something is, or when nothing was committed before any kill. The store it works on is made, and removed at the end.

        experiments torture --kills 100
        experiments torture --kills 500 --seed 7 --folder /mnt/other-disk/torture
      """)

  @Option(help: "How many kills, at least 1.")
  var kills = 500

  @Option(help: "Seed of the instants; the same seed kills at the same ones.")
  var seed = UInt64.random(in: 1...1_000_000)

  @Option(help: ArgumentHelp("Where to put the store: a new folder, or one left over from torture.", valueName: "dir"))
  var folder = NSTemporaryDirectory() + "mistique-torture"

  func validate() throws {
    guard kills > 0 else { throw ValidationError("--kills is \(kills); give at least 1.") }
  }

  func run() throws {
    Interruption.install()
    let folder = URL(fileURLWithPath: folder, isDirectory: true)
    try refuseOthersFolder(folder)
    try KillTorture(folder: folder, kills: kills, seed: seed).run()
    try FileManager.default.removeItem(at: folder)
  }
}

private func refuseOthersFolder(_ folder: URL) throws {
  let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  guard content.allSatisfy({ $0 == "partitions" || $0.hasPrefix("catalog.sqlite") }) else {
    throw ValidationError("--folder: '\(folder.path)' has other things in it, and would be removed. Give a folder that is not there yet.")
  }
}

struct TortureChildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "torture-child", abstract: "Is killed by torture.", shouldDisplay: false)

  @Argument var folder: String
  @Argument var first: Int

  func run() throws { try TortureChild.run(folder: URL(fileURLWithPath: folder, isDirectory: true), first: first) }
}
