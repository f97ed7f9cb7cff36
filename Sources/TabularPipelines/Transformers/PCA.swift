import Mistique

/// Principal components: describes rows by the directions in which the fitted rows vary most.
///
/// Input: the frame to learn from; if a second one is given, it is emitted instead. `columns` names int64, float32 and float64 columns; by default all
/// columns of these types are used. Output: the `row_id`s and the float64 columns `pc1` to `pc<components>`, largest variance first, and nothing
/// else.
///
/// - `standardize` divides columns by their population standard deviation first (those that do not vary by 1), so that units do not matter.
/// - `whiten` divides each component by its standard deviation (that of a sample, with n - 1). A component without variance is an error then.
///
/// The sign of a component is such that its largest loading (the weight of a column in it) is positive; of loadings that are equal within 1e-9 the
/// first column's counts. Values are otherwise those of scikit-learn's PCA. A value that is missing, NaN or infinite is an error, as are more
/// components than rows or columns, and fewer than two rows.
///
/// Components are the eigenvectors of the covariance matrix, so one with less than about 1e-12 of the largest variance is mostly rounding. Complexity: O(rows x columns^2 + columns^3) to fit, O(rows x columns x components) to apply; memory: the matrix and a
/// panel of rows. Fitting gives the same bits with any number of threads (`SingleThreadedBLAS`), applying the same bits everywhere.
struct PCA: Transformer {
  static let bits: TransformerBits? = .revision(2, computedBy: .openBLAS)
  static let signature = TransformerSignature(
    "PCA", inputs: [.frame], following: .another,
    parameters: [
      ParameterDeclaration("columns", .texts, default: .texts([])),
      ParameterDeclaration("components", .integer(1...4_096), default: .integer(2)),
      ParameterDeclaration("whiten", .boolean, default: .boolean(false)),
      ParameterDeclaration("standardize", .boolean, default: .boolean(false)),
    ])

  private let parameters: Parameters

  init(_ parameters: Parameters) { self.parameters = parameters }

  func notes(on inputs: [StageInput]) -> [ColumnNote] {
    guard parameters.texts("columns").isEmpty, let note = ColumnNote.texts(readingAsNumbersIn: inputs[0].frame) else { return [] }
    return [note]
  }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let frame = inputs[0].frame
    let columns = try NumericColumns.named(parameters.texts("columns"), of: frame)
    return Fitted(
      names: columns.map(\.name),
      components: try PrincipalComponents(
        parameters.integer("components"), of: columns, rowIDs: frame.rowIDs, standardizes: parameters.boolean("standardize"),
        whitens: parameters.boolean("whiten")),
      parameters: parameters)
  }

  /// Payload: number of columns u32; of each its name, mean and deviation; number of components u32; of each its variance and one loading per
  /// column. Numbers are the bits of float64.
  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    var (names, means, deviations): ([String], [Double], [Double]) = ([], [], [])
    for _ in 0..<(try reader.count()) {
      names.append(try reader.text())
      means.append(try reader.finite())
      deviations.append(try reader.finite())
    }
    let count = try reader.count()
    guard count == parameters.integer("components"), !names.isEmpty, names.firstRepeatedName == nil, deviations.allSatisfy({ $0 > 0 })
    else {
      throw FittedStateError.malformed("its components do not fit its columns")
    }
    var (variances, loadings): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      variances.append(try reader.finite())
      for _ in names { loadings.append(try reader.finite()) }
    }
    try reader.expectEnd()
    let whitens = parameters.boolean("whiten")
    guard variances.allSatisfy({ whitens ? $0 > 0 : $0 >= 0 }) else { throw FittedStateError.malformed("a variance is not positive") }
    return Fitted(
      names: names,
      components: PrincipalComponents(means: means, deviations: deviations, variances: variances, loadings: loadings, whitens: whitens),
      parameters: parameters)
  }

  struct Fitted: FittedTransformer {
    let names: [String]
    let components: PrincipalComponents
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
      let frame = inputs.applied
      let columns = try NumericColumns.named(names, of: frame)
      let scores = try components.scores(of: columns, rowIDs: frame.rowIDs)
      return [
        DataFrame(
          rowIDs: frame.rowIDs, columns: scores.enumerated().map { (name: "pc\($0 + 1)", column: Column(.float64($1))) })
      ]
    }

    var state: [UInt8] {
      var writer = ByteWriter()
      writer.write(UInt32(names.count))
      for (place, name) in names.enumerated() {
        writer.write(counted: name.utf8)
        writer.write(components.means[place].bitPattern)
        writer.write(components.deviations[place].bitPattern)
      }
      writer.write(UInt32(components.variances.count))
      for (number, variance) in components.variances.enumerated() {
        writer.write(variance.bitPattern)
        for loading in components.loadings(of: number) { writer.write(loading.bitPattern) }
      }
      return FittedState.sealed(writer.bytes, transformer: PCA.signature.name, parameters: parameters)
    }
  }
}
