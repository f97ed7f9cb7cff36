import Mistique

/// The payload of a linear model's state: number of features u32; for each its name, coefficient and mean; then intercept, mean of the
/// target, sweeps u32, gap, and u8 whether it converged, with what `TimeFeatures` says of itself in the bits above; then the times among the features. Numbers are
/// the bits of float64.
extension LinearModel {
  private static var transformer: String { TrainElasticNet.signature.name }

  var state: [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt32(features.count))
    for feature in features {
      writer.write(counted: feature.name.utf8)
      writer.write(feature.coefficient.bitPattern)
      writer.write(feature.mean.bitPattern)
    }
    writer.write(intercept.bitPattern)
    writer.write(targetMean.bitPattern)
    writer.write(UInt32(ending.sweeps))
    writer.write(ending.gap.bitPattern)
    writer.write(UInt8(ending.converged ? 1 : 0) | times.flags << 1)
    times.write(to: &writer)
    return FittedState.sealed(writer.bytes, transformer: Self.transformer, parameters: parameters)
  }

  init(restoring state: [UInt8], _ parameters: Parameters) throws {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.transformer, parameters: parameters)[...])
    var features: [Feature] = []
    for _ in 0..<(try reader.count()) {
      let feature = Feature(name: try reader.text(), coefficient: try reader.finite(), mean: try reader.readDouble())
      // A feature without a value in training has no mean, and no coefficient either.
      guard feature.mean.isFinite || (feature.mean.isNaN && feature.coefficient == 0) else {
        throw FittedStateError.malformed("feature \"\(feature.name)\" has a coefficient and no mean")
      }
      features.append(feature)
    }
    guard !features.isEmpty, features.map(\.name).firstRepeatedName == nil else {
      throw FittedStateError.malformed("it has no features, or one of them twice")
    }
    self.features = features
    self.parameters = parameters
    (intercept, targetMean) = (try reader.finite(), try reader.finite())
    let (sweeps, gap, converged) = (try reader.read(UInt32.self), try reader.finite(), try reader.read(UInt8.self))
    ending = CoordinateDescent.Ending(sweeps: Int(sweeps), gap: gap, converged: converged & 1 == 1)
    times = try TimeFeatures(flags: converged >> 1, features: features.count, from: &reader)
    try reader.expectEnd()
  }
}
