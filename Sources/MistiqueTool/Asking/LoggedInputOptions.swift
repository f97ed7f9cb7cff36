import ArgumentParser
import ConvolutionalNetworks
import Foundation
import Mistique

/// What a model was logged on: a re-run needs it.
struct LoggedInputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder with the pipeline's input files, for re-running.", valueName: "folder"), transform: GivenPath.checked)
  var data: String?

  @Option(
    help: ArgumentHelp(
      "What a network was logged on, for re-running: the folder of CIFAR-10 (binary version), or the .npy file, one row per example.",
      valueName: "folder or file"), transform: GivenPath.checked)
  var images: String?

  @Option(
    help: ArgumentHelp(
      "The classes of the images: a .npy file of integers, one per image. They belong to .npy images; alone, they group rows.",
      valueName: "file"), transform: GivenPath.checked)
  var labels: String?

  var imageFiles: ImageFiles? {
    images.map { ImageFiles(images: URL(fileURLWithPath: $0), labels: labels.map { URL(fileURLWithPath: $0) }) }
  }

  func validate() throws {
    if let data { _ = try DataFolder.url(data) }
    for (option, path) in [("--images", images), ("--labels", labels)] {
      guard let path, !FileManager.default.fileExists(atPath: path) else { continue }
      throw ValidationError("\(option): there is no '\(path)'.")
    }
  }
}
