import Mistique

/// How an array becomes an intermediate.
///
/// Types whose values a float32 can hold (bool, integers of 16 bits, float16, float32) are kept as float32, in RowBlocks. Such an array of four dimensions is
/// taken as (rows, channels, height, width): maps. Every other one is as many units of 1 x 1 as a row has elements, and has no maps to pool. float64 and wider
/// integers are kept as they are, whatever their dimensions, as columns of a frame, which is held in memory as a whole.
package struct ArrayLayout: Sendable, Equatable {
  package let schema: IntermediateSchema
  /// Whether it is a frame of float64 or int64 columns rather than maps of float32.
  package let isFrame: Bool

  package init(_ array: NumericArray) {
    isFrame = !array.element.fitsFloat32
    guard isFrame else {
      let units = IntermediateSchema.maps(channels: array.columns, height: 1, width: 1)
      guard array.shape.count == 4 else {
        schema = units
        return
      }
      let maps = IntermediateSchema.maps(channels: array.shape[1], height: array.shape[2], width: array.shape[3])
      schema = maps.isSound ? maps : units
      return
    }
    let type: ColumnType = array.element.kind == .float ? .float64 : .int64
    schema = .columns((0..<array.columns).map { .init(name: "n\($0)", type: type) })
  }

  /// Whether POOL_QT changes anything.
  package var hasMaps: Bool {
    guard case .maps(_, let height, let width) = schema else { return false }
    return height * width > 1
  }

  /// Whether LP_QT, KBIT_QT and THRESHOLD_QT apply to its values.
  package var hasFloats: Bool {
    guard case .columns(let columns) = schema else { return true }
    return columns.contains { $0.type == .float64 }
  }

  /// What a user may have meant otherwise: maps with their channels last.
  package static func doubt(_ array: NumericArray) -> String? {
    guard !ArrayLayout(array).isFrame, array.shape.count == 4, array.shape[1] == array.shape[2], array.shape[2] != array.shape[3] else {
      return nil
    }
    return
      "\(array.name) is \(NPYFile.text(array.shape)) and is taken as rows x channels x height x width. If its channels come last, save "
      + "array.transpose(0, 3, 1, 2)."
  }

  /// What a user may have meant otherwise of an array that becomes a frame: maps of its four dimensions, and parts of `scheme` that leave its columns as they
  /// are.
  package static func note(_ array: NumericArray, _ scheme: QuantizationScheme) -> String? {
    guard ArrayLayout(array).isFrame else { return nil }
    let type: ColumnType = array.element.kind == .float ? .float64 : .int64
    let pooling = scheme.pooling.map { "\($0)" }
    let values = scheme.values == .full || scheme.values.applies(to: type) ? nil : "\(scheme.values)"
    let unused = [pooling, values].compactMap(\.self)
    guard array.shape.count == 4 || !unused.isEmpty else { return nil }
    return
      "\(array.name) is \(NPYFile.text(array.shape)) of \(array.element.name), which float32 does not hold: it is stored as columns, not as maps"
      + (unused.isEmpty ? "" : ", and \(unused.joined(separator: " + ")) does not apply to it")
      + ". Save array.astype('float32') if that is precise enough."
  }
}
