import ArrayFiles
import ConvolutionalNetworks
import ExperimentKit
import Foundation
import TabularPipelines

/// What comparing policies takes, stated before the run.
enum OwnModelCost {
  /// Bytes per second that are logged, asked and compared under all policies, on 2 cores.
  private static let bytesPerSecond = 5e6
  /// What is held of a user's model: pieces of 64 MB, compared rows of 128 MB on either side, and the store's buffers.
  private static let memoryBytes: Int64 = 1_500_000_000

  /// Of a user's model by the bytes of its values; of the generated arrays when there is none. A model that cannot be opened is an error of the run.
  static func costs(_ settings: Settings) -> [ExperimentKit.Scale: Cost] {
    guard let own = settings.own else { return generated }
    return Dictionary(
      uniqueKeysWithValues: ExperimentKit.Scale.allCases.map { scale in
        let bytes = Double((try? self.bytes(of: own, scale, settings)) ?? 0)
        // The values in full precision, one policy's store and the copy that logging is compared with.
        return (scale, Cost(seconds: 5 + bytes / bytesPerSecond, diskBytes: Int64(3 * bytes) + 50_000_000, memoryBytes: memoryBytes))
      })
  }

  private static let generated: [ExperimentKit.Scale: Cost] = [
    .smoke: Cost(seconds: 5, diskBytes: 10_000_000, memoryBytes: 300_000_000),
    .ci: Cost(seconds: 15, diskBytes: 30_000_000, memoryBytes: 400_000_000),
    .small: Cost(seconds: 60, diskBytes: 100_000_000, memoryBytes: 600_000_000),
    .paper: Cost(seconds: 300, diskBytes: 500_000_000, memoryBytes: 1_500_000_000),
  ]

  /// Of arrays their bytes, of a network those of its layers for all images; of a pipeline its files' for every stage of every variant, since what stages
  /// emit is known once they have run.
  private static func bytes(of own: OwnModel, _ scale: ExperimentKit.Scale, _ settings: Settings) throws -> Int {
    guard own.isYAML else { return try ArrayFolder(own.url).byteCount }
    if let network = try? NetworkDescription(contentsOf: own.url) {
      return try network.layers().reduce(0) { $0 + $1.shape.columnCount } * ImageSplit(.cnn, scale).logged * 4
    }
    let template = try PipelineSpecification(contentsOf: own.url)
    let folder = try PipelinePolicySource.folder(of: template, own, settings)
    let files = template.inputs.reduce(0) { sum, input in
      var status = stat()
      return sum + (stat(folder.appendingPathComponent(input.path).path, &status) == 0 ? Int(status.st_size) : 0)
    }
    return files * template.stages.count * max(1, template.variants.count)
  }
}
