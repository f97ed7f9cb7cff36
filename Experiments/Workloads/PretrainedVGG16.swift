import ConvolutionalNetworks
import ExperimentKit
import Foundation

/// Somebody's pre-trained convolutions of VGG16, and whether a scale can use them.
struct PretrainedVGG16 {
  let file: URL
  /// Why the scale does without them; nil when it uses them.
  let reasonSetAside: String?

  var isUsed: Bool { reasonSetAside == nil }

  /// For the notes of figures of VGG16. The line of the data is ``ImageWorkload/source(_:_:_:networks:)``'s.
  static let note =
    "VGG16's convolutions are pre-trained on what the line of the data says, and then frozen: unless it names a file of weights, not on ImageNet."

  /// A narrow network, as of scale smoke, cannot take the weights of a wide one. At scales with VGG16's own widths a file of others is an error of
  /// its reader.
  ///
  /// - Throws: `VGG16WeightsError`, `SafetensorsError`, `NetworkError`.
  init(_ file: URL, at scale: ExperimentKit.Scale) throws {
    self.file = file
    let needed = try Self.widths(ImageWorkload.Network.vgg16.description(scale))
    guard try needed != Self.widths(.cifar10VGG16()) else {
      reasonSetAside = nil
      return
    }
    let widths = try Checkpoint.vgg16Widths(of: file)
    guard widths != needed else {
      reasonSetAside = nil
      return
    }
    reasonSetAside =
      "\(file.lastPathComponent) is set aside: its convolutions have \(Self.words(widths)) channels, VGG16 at scale \(scale) has "
      + "\(Self.words(needed)) and is pre-trained here. Larger scales use the file."
  }

  private static func widths(_ network: NetworkDescription) throws -> [Int] {
    try network.layers().filter { $0.description?.kindName == "convolution" }.map { $0.parameterShapes[0][0] }
  }

  private static func words(_ widths: [Int]) -> String { "\(widths.min() ?? 0) to \(widths.max() ?? 0)" }
}

extension Settings {
  /// The user's file of weights with what a scale makes of it; nil when there is none.
  func pretrainedVGG16(at scale: ExperimentKit.Scale) throws -> PretrainedVGG16? {
    try vgg16Weights.map { try PretrainedVGG16($0, at: scale) }
  }
}
