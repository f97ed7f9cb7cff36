import Mistique

/// Brings columns to a common scale: `(value - centre) / scale`, as float64, with centre and scale learned from the fitted rows.
///
/// Input: the frame to learn from; if a second one is given, it is emitted instead. Output: the same rows and columns, in their order, with the scaled
/// columns changed. `columns` names int64, float32 and float64 columns; by default all columns of these types are scaled. Methods, as in
/// scikit-learn:
///
/// | `method`   | centre  | scale                                        |
/// |------------|---------|----------------------------------------------|
/// | `standard` | mean    | population standard deviation                |
/// | `minmax`   | minimum | maximum - minimum                            |
/// | `robust`   | median  | third - first quartile, interpolated linearly |
///
/// A column without spread is divided by 1, and with `standard` also one whose spread is within the rounding of its mean. The size of values does not
/// matter: 1e-200 and 2e-200 are as far apart as 1 and 2. Missing values and NaNs are ignored in fitting and stay as they are. A column that had no
/// value when fitted has no scale: its values become missing when it is applied (NaN stays NaN). An infinite value is an error, and so are values
/// that leave float64's range. Complexity: O(rows x columns); `robust` copies one column at a time to find its quartiles.
struct Scale: Transformer {
  static let bits: TransformerBits? = .revision(2)
  static let signature = TransformerSignature(
    "Scale", inputs: [.frame], following: .another,
    parameters: [
      ParameterDeclaration("columns", .texts, default: .texts([])),
      ParameterDeclaration("method", .text(oneOf: ["standard", "minmax", "robust"]), default: .text("standard")),
    ])

  private let parameters: Parameters

  init(_ parameters: Parameters) { self.parameters = parameters }

  func notes(on inputs: [StageInput]) -> [ColumnNote] {
    guard parameters.texts("columns").isEmpty, let note = ColumnNote.texts(readingAsNumbersIn: inputs[0].frame) else { return [] }
    return [note]
  }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let frame = inputs[0].frame
    let method = ColumnScaling.Method(rawValue: parameters.text("method"))!
    let scalings = try NumericColumns.named(parameters.texts("columns"), of: frame).map { name, column in
      (name: name, scaling: try ColumnScaling(method, fittedTo: column, named: name, rowIDs: frame.rowIDs))
    }
    return Fitted(scalings: scalings, parameters: parameters)
  }

  /// Payload: number of columns u32; of each its name, whether it has a scale u8, centre and scale as the bits of float64.
  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    var scalings: [(name: String, scaling: ColumnScaling?)] = []
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      let hasScale = try reader.read(UInt8.self)
      let (centre, scale) = (try reader.finite(), try reader.finite())
      guard hasScale <= 1, scale > 0, !scalings.contains(where: { $0.name.isExactly(name) }) else {
        throw FittedStateError.malformed("column \"\(name)\" has no usable scale")
      }
      scalings.append((name, hasScale == 1 ? ColumnScaling(centre: centre, scale: scale) : nil))
    }
    try reader.expectEnd()
    return Fitted(scalings: scalings, parameters: parameters)
  }

  struct Fitted: FittedTransformer {
    /// `nil` for a column without a value.
    let scalings: [(name: String, scaling: ColumnScaling?)]
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
      let frame = inputs.applied
      var columns = frame.columns
      let places = Dictionary(uniqueKeysWithValues: zip(frame.names.map(ColumnName.init), frame.columns.indices))
      let named = scalings.isEmpty ? [] : try NumericColumns.named(scalings.map(\.name), of: frame)
      for ((name, column), scaling) in zip(named, scalings.map(\.scaling)) {
        columns[places[ColumnName(name)]!] =
          try scaling?.scaled(column, named: name, rowIDs: frame.rowIDs) ?? ColumnScaling.withoutScale(column)
      }
      return [DataFrame(rowIDs: frame.rowIDs, columns: zip(frame.names, columns).map { (name: $0, column: $1) })]
    }

    var state: [UInt8] {
      var writer = ByteWriter()
      writer.write(UInt32(scalings.count))
      for (name, scaling) in scalings {
        writer.write(counted: name.utf8)
        writer.write(UInt8(scaling == nil ? 0 : 1))
        writer.write((scaling?.centre ?? 0).bitPattern)
        writer.write((scaling?.scale ?? 1).bitPattern)
      }
      return FittedState.sealed(writer.bytes, transformer: Scale.signature.name, parameters: parameters)
    }
  }
}
